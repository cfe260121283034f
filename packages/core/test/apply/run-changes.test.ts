import { runChanges, type RunChangesRequest } from '../../src/apply/run-changes.js';
import { SindriError } from '../../src/model/errors.js';
import type { SindriEvent } from '../../src/model/events.js';
import type { ApplyResult } from '../../src/provider/contract.js';
import { createFakeClock } from '@sindri/testkit';
import { change } from '../fake-provider.js';

const APPLIED: ApplyResult = { status: 'applied', result: {} };

function setUp(request: Partial<RunChangesRequest> & Pick<RunChangesRequest, 'changes' | 'perform'>) {
  const events: SindriEvent[] = [];
  const clock = createFakeClock({ start: 0, sleeps: 'by hand' });
  const running = runChanges({
    concurrency: 4,
    signal: new AbortController().signal,
    graceMs: 1000,
    emit: (event) => events.push(event),
    clock,
    ...request,
  });
  const told = () =>
    events.map((event) => `${event.type.slice('change.'.length)} ${(event as { change: string }).change}`);
  return { running, clock, events, told };
}

/** A `perform` whose changes end when the test says so. */
function byHand() {
  const open = new Map<string, { resolve: (result: ApplyResult) => void; reject: (error: unknown) => void }>();
  const perform: RunChangesRequest['perform'] = ({ id }) =>
    new Promise((resolve, reject) => open.set(id, { resolve, reject }));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    perform,
    started: () => [...open.keys()],
    async finish(id: string, result = APPLIED) {
      open.get(id)!.resolve(result);
      await settled();
    },
    async fail(id: string, error: unknown) {
      open.get(id)!.reject(error);
      await settled();
    },
  };
}

describe('runChanges', () => {
  test('runs by dependency and hands on the results', async () => {
    const seen: Record<string, unknown> = {};
    const { running, told } = setUp({
      changes: [change('a'), change('b', { dependsOn: ['a'] })],
      perform: async ({ id }, results) => {
        seen[id] = results;
        return { status: 'applied', result: { made: id } };
      },
    });
    const { outcomes, complete } = await running;
    expect(complete).toBe(true);
    expect(seen).toEqual({ a: {}, b: { a: { made: 'a' } } });
    expect(outcomes).toEqual([
      { change: 'a', status: 'applied', elapsedMs: 0, result: { made: 'a' } },
      { change: 'b', status: 'applied', elapsedMs: 0, result: { made: 'b' } },
    ]);
    expect(told()).toEqual(['started a', 'applied a', 'started b', 'applied b']);
  });

  test('runs independent changes at once, but not more than allowed', async () => {
    const hand = byHand();
    const { running } = setUp({
      changes: ['a', 'b', 'c'].map((id) => change(id)),
      perform: hand.perform,
      concurrency: 2,
    });
    expect(hand.started()).toEqual(['a', 'b']);
    await hand.finish('b');
    expect(hand.started()).toEqual(['a', 'b', 'c']);
    await hand.finish('a');
    await hand.finish('c');
    await expect(running).resolves.toMatchObject({ complete: true });
  });

  test('a failure skips those that need it, also at second hand, and lets the others go on', async () => {
    const { running, told } = setUp({
      changes: [
        change('a'),
        change('b'),
        change('needs-a', { dependsOn: ['a', 'b'] }),
        change('needs-b', { dependsOn: ['b'] }),
        change('needs-needs-a', { dependsOn: ['needs-a'] }),
      ],
      perform: async ({ id }) => {
        if (id === 'a') throw new SindriError({ code: 'FAKE_NO', kind: 'refused', message: 'no' });
        return APPLIED;
      },
    });
    const { outcomes, failures, complete } = await running;
    expect(complete).toBe(false);
    expect(failures).toMatchObject([{ code: 'FAKE_NO' }]);
    expect(outcomes).toMatchObject([
      { change: 'a', status: 'failed', error: { code: 'FAKE_NO' } },
      { change: 'b', status: 'applied' },
      { change: 'needs-a', status: 'skipped', reason: 'needs a, which failed' },
      { change: 'needs-b', status: 'applied' },
      { change: 'needs-needs-a', status: 'skipped', reason: 'needs needs-a, which was skipped' },
    ]);
    expect(told().filter((line) => line.startsWith('started'))).toEqual(['started a', 'started b', 'started needs-b']);
  });

  test('what the provider found done counts as done', async () => {
    const { running } = setUp({
      changes: [change('a'), change('b', { dependsOn: ['a'] })],
      perform: async ({ id }) => (id === 'a' ? { status: 'skipped', reason: 'was there', result: { id: 1 } } : APPLIED),
    });
    await expect(running).resolves.toMatchObject({
      complete: true,
      outcomes: [{ status: 'skipped', reason: 'was there', result: { id: 1 } }, { status: 'applied' }],
    });
  });

  test('after an abort nothing starts, and what runs is waited for', async () => {
    const hand = byHand();
    const controller = new AbortController();
    const { running, told, clock } = setUp({
      changes: [change('a'), change('b'), change('c', { dependsOn: ['a'] })],
      perform: hand.perform,
      concurrency: 1,
      signal: controller.signal,
    });
    controller.abort();
    await hand.finish('a');
    const { outcomes } = await running;
    expect(outcomes).toMatchObject([
      { change: 'a', status: 'applied' },
      { change: 'b', status: 'skipped', reason: 'stopped before this change began' },
      { change: 'c', status: 'skipped' },
    ]);
    expect(told()).toEqual(['started a', 'applied a', 'skipped b', 'skipped c']);
    expect(clock.sleeping).toEqual([]);
  });

  test('a change that does not end after an abort is given up, once', async () => {
    const hand = byHand();
    const controller = new AbortController();
    const { running, told, clock } = setUp({
      changes: [change('a')],
      perform: hand.perform,
      signal: controller.signal,
    });
    controller.abort();
    await clock.advance(0);
    await clock.advance(1000);
    const { outcomes } = await running;
    expect(outcomes).toMatchObject([{ change: 'a', status: 'failed', error: { code: 'OPERATION_CANCELLED' } }]);
    await hand.finish('a');
    expect(told()).toEqual(['started a', 'failed a']);
  });

  test('an aborted signal starts nothing at all', async () => {
    const { running, told } = setUp({
      changes: [change('a')],
      perform: () => Promise.reject(new Error('must not run')),
      signal: AbortSignal.abort(),
    });
    await expect(running).resolves.toMatchObject({ outcomes: [{ status: 'skipped' }], failures: [] });
    expect(told()).toEqual(['skipped a']);
  });

  test('tells how long each change took', async () => {
    const hand = byHand();
    const { running, clock } = setUp({ changes: [change('a')], perform: hand.perform });
    await clock.advance(250);
    await hand.finish('a');
    await expect(running).resolves.toMatchObject({ outcomes: [{ elapsedMs: 250 }] });
  });
});
