import type { JsonObject } from '@sindri/core';
import { FlyApiError } from '../../src/api/errors';
import { createOnce, type CreateOnce } from '../../src/apply/create-once';
import type { ApplyWork } from '../../src/apply/work';
import { jumpingClock, testContext, type TestContext } from '../support/context';

const failure = (
  code: 'FLY_API_ERROR' | 'FLY_APP_NAME_TAKEN' | 'FLY_NOT_FOUND',
  outcomeUnknown: boolean,
): FlyApiError =>
  new FlyApiError({ code, kind: 'refused', message: code, status: outcomeUnknown ? 500 : 422, outcomeUnknown });
const lost = failure('FLY_API_ERROR', true);

describe('createOnce', () => {
  let context: TestContext;

  beforeEach(() => {
    context = testContext({ clock: jumpingClock() });
  });

  afterEach(() => context.remove());

  /** What each call of `create` and `find` does, one after the other; the last one repeats. */
  const run = async (
    creates: (string | Error)[],
    finds: (string | null | Error)[],
    options: Partial<CreateOnce<string>> & { results?: Record<string, JsonObject> } = {},
  ) => {
    const calls = { create: 0, find: 0 };
    const step = <T>(list: (T | Error)[], index: number): T => {
      const next = list[Math.min(index, list.length - 1)];
      if (next instanceof Error) throw next;
      return next as T;
    };
    const work = { context: { ...context, results: options.results ?? {} } } as unknown as ApplyWork;
    const outcome = createOnce<string>(work, {
      what: 'create it',
      create: async () => step(creates, calls.create++),
      find: async () => step(finds, calls.find++),
      unique: true,
      ...options,
    });
    const settled = await outcome.catch((error: unknown) => error);
    return { settled, calls };
  };

  it('creates, and looks for nothing when the answer came', async () => {
    expect(await run(['new'], [null])).toEqual({
      settled: { value: 'new', found: false },
      calls: { create: 1, find: 0 },
    });
  });

  it('finds what a lost answer has left', async () => {
    expect(await run([lost], ['old'])).toEqual({
      settled: { value: 'old', found: true },
      calls: { create: 1, find: 1 },
    });
  });

  it('tries again when nothing was left', async () => {
    const { settled, calls } = await run([lost, 'new'], [null]);
    expect(settled).toEqual({ value: 'new', found: false });
    expect(calls).toEqual({ create: 2, find: 1 });
  });

  it('looks more than once before it repeats what may exist twice', async () => {
    const { settled, calls } = await run([lost, 'new'], [null, null, 'late'], { unique: false });
    expect(settled).toEqual({ value: 'late', found: true });
    expect(calls).toEqual({ create: 1, find: 3 });
  });

  it('says that the outcome is unknown when looking fails, too', async () => {
    const { settled, calls } = await run([lost], [lost]);
    expect(settled).toMatchObject({ code: 'FLY_OUTCOME_UNKNOWN', kind: 'incomplete', retryable: true });
    expect(calls).toEqual({ create: 1, find: 1 });
  });

  it('gives up after a few tries', async () => {
    const { settled, calls } = await run([lost], [null]);
    expect(settled).toBe(lost);
    expect(calls.create).toBeLessThan(10);
  });

  it('does not repeat a refusal', async () => {
    const refused = failure('FLY_APP_NAME_TAKEN', false);
    expect(await run([refused], ['old'])).toEqual({ settled: refused, calls: { create: 1, find: 0 } });
    const conflicts = { conflicts: ['FLY_APP_NAME_TAKEN' as const] };
    expect((await run([refused], ['old'], conflicts)).settled).toEqual({ value: 'old', found: true });
    expect((await run([refused], [null], conflicts)).settled).toBe(refused);
  });

  it('waits for an app of this run that nobody knows yet, but for no other', async () => {
    const unknown = failure('FLY_NOT_FOUND', false);
    const results = { 'app:create': { kind: 'app.create', made: true } };
    expect((await run([unknown, unknown, 'new'], [null], { results })).settled).toEqual({ value: 'new', found: false });
    expect((await run([unknown, 'new'], [null])).settled).toBe(unknown);
  });
});
