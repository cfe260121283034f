import type { Plan } from '../../src/model/plan.js';
import { describeIntent, intentOf, readIntent, type IntentOptions } from '../../src/plan/intent.js';

const loose = (options: object): IntentOptions => options as IntentOptions;

describe('an intent is read', () => {
  test.each([
    [{ intent: 'volume.delete', volume: 'home-1' }],
    [{ intent: 'snapshot.create' }],
    [{ intent: 'snapshot.create', volume: 'home' }],
    [{ intent: 'snapshot.restore', snapshot: 'snap-1' }],
    [{ intent: 'snapshot.delete', snapshot: 'snap-1' }],
  ])('with what it says, and nothing else: %j', (options) => {
    expect(readIntent(loose({ ...options, keep: ['x'], sizeGb: 4, adopt: true }))).toStrictEqual(options);
  });

  test.each([
    [{ intent: 'volume.delete' }, '"volume" must be a name, not nothing.'],
    [{ intent: 'volume.delete', volume: '' }, '"volume" must be a name, not "".'],
    [{ intent: 'volume.extend', sizeGb: 4, volume: 'two words' }, '"volume" must be a name, not "two words".'],
    [{ intent: 'snapshot.create', volume: 7 }, '"volume" must be a name, not 7.'],
    [{ intent: 'snapshot.restore' }, '"snapshot" must be a name, not nothing.'],
    [{ intent: 'snapshot.restore', snapshot: 'a\u001b[2J' }, '"snapshot" must be a name, not "a\\u001b[2J".'],
    [{ intent: 'snapshot.delete', snapshot: 'x'.repeat(257) }, `"snapshot" must be a name, not "${'x'.repeat(257)}".`],
    [{ intent: 'snapshot.rename', snapshot: 'a' }, 'There is no intent "snapshot.rename".'],
    [{ intent: 'constructor' }, 'There is no intent "constructor".'],
  ])('and refused where it says what cannot be: %j', (options, message) => {
    expect(() => readIntent(loose(options))).toThrow(
      expect.objectContaining({ code: 'PLAN_INVALID', kind: 'usage', message }),
    );
  });

  test('out of the plan that was made for it', () => {
    const intent = readIntent({ intent: 'snapshot.restore', snapshot: 'snap-1' });
    const said = describeIntent(intent);
    expect(said).toEqual({ intent: 'snapshot.restore', parameters: { snapshot: 'snap-1' } });
    expect(intentOf(said as Plan)).toStrictEqual(intent);
  });
});
