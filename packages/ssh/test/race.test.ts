import { RaceLost, raceStaggered } from '../src/race.js';
import { ManualClock } from './fixtures/manual-clock.js';

type Attempt = (signal: AbortSignal) => Promise<string>;

function manual() {
  const started: string[] = [];
  const ended: string[] = [];
  const attempt = (name: string) => {
    let succeed: (value: string) => void = () => undefined;
    let fail: (error: Error) => void = () => undefined;
    const run: Attempt = (signal) => {
      started.push(name);
      return new Promise((resolve, reject) => {
        succeed = resolve;
        fail = reject;
        signal.addEventListener('abort', () => {
          ended.push(name);
          reject(signal.reason);
        });
      });
    };
    return { run, succeed: () => succeed(name), fail: () => fail(new Error(name)) };
  };
  return { started, ended, attempt };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('each attempt joins after the stagger, the first success wins, and the losers are told', async () => {
  const clock = new ManualClock();
  const { started, ended, attempt } = manual();
  const [a, b, c] = [attempt('a'), attempt('b'), attempt('c')];
  const race = raceStaggered([a.run, b.run, c.run], {
    signal: new AbortController().signal,
    clock,
    staggerMs: 250,
    discard: () => undefined,
  });
  expect(started).toEqual(['a']);
  clock.advance(249);
  await settled();
  expect(started).toEqual(['a']);
  clock.advance(1);
  await settled();
  expect(started).toEqual(['a', 'b']);
  b.succeed();
  await expect(race).resolves.toBe('b');
  expect(ended).toEqual(['a', 'b']);
  expect(clock.waits).toEqual([]);
});

test('a failure brings the next attempt in at once, and only once', async () => {
  const clock = new ManualClock();
  const { started, attempt } = manual();
  const [a, b, c] = [attempt('a'), attempt('b'), attempt('c')];
  const race = raceStaggered([a.run, b.run, c.run], {
    signal: new AbortController().signal,
    clock,
    staggerMs: 250,
    discard: () => undefined,
  });
  a.fail();
  await settled();
  expect(started).toEqual(['a', 'b']);
  clock.advance(250);
  await settled();
  expect(started).toEqual(['a', 'b', 'c']);
  b.fail();
  c.fail();
  const error = await race.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RaceLost);
  expect((error as RaceLost).errors.map((reason) => (reason as Error).message)).toEqual(['a', 'b', 'c']);
});

test('a success that comes too late is handed to discard', async () => {
  const discarded: string[] = [];
  const late: Attempt = () => new Promise((resolve) => setImmediate(() => resolve('late')));
  const fails: Attempt = () => Promise.reject(new Error('no'));
  const wins: Attempt = () => Promise.resolve('wins');
  const clock = new ManualClock();
  const race = raceStaggered([late, wins], {
    signal: new AbortController().signal,
    clock,
    staggerMs: 250,
    discard: (value) => discarded.push(value),
  });
  clock.advance(250);
  await expect(race).resolves.toBe('wins');
  await settled();
  await settled();
  expect(discarded).toEqual(['late']);
  await expect(
    raceStaggered([fails], { signal: AbortSignal.abort(), clock, staggerMs: 250, discard: () => undefined }),
  ).rejects.toBeInstanceOf(RaceLost);
});

test('an abort ends the race once those that run have let go', async () => {
  const controller = new AbortController();
  const { started, ended, attempt } = manual();
  const race = raceStaggered([attempt('a').run, attempt('b').run], {
    signal: controller.signal,
    clock: new ManualClock(),
    staggerMs: 250,
    discard: () => undefined,
  });
  controller.abort();
  await expect(race).rejects.toBeInstanceOf(RaceLost);
  expect([started, ended]).toEqual([['a'], ['a']]);
});
