import { createFakeClock } from '../../src/index.js';

describe('a fake clock', () => {
  test('stands still, or ticks with every look', () => {
    const still = createFakeClock({ start: 5 });
    expect([still.now(), still.now()]).toEqual([5, 5]);
    const ticking = createFakeClock({ start: 5, tickMs: 10 });
    expect([ticking.now(), ticking.now()]).toEqual([15, 25]);
  });

  test('sleeps at once, and later it is', async () => {
    const clock = createFakeClock({ start: 0 });
    await clock.sleep(300);
    expect([clock.now(), clock.slept, clock.sleeping]).toEqual([300, [300], []]);
  });

  test('sleeps until it is moved by hand, the shortest first, also what begins on the way', async () => {
    const clock = createFakeClock({ start: 0, sleeps: 'by hand' });
    const woken: string[] = [];
    const sleep = (name: string, ms: number): Promise<void> =>
      clock.sleep(ms).then(() => void woken.push(`${name} at ${clock.now()}`));
    void sleep('long', 100);
    void sleep('short', 10).then(() => sleep('second', 20));
    expect(clock.sleeping).toEqual([10, 100]);
    await clock.advance(50);
    expect(woken).toEqual(['short at 10', 'second at 30']);
    expect([clock.now(), clock.sleeping]).toEqual([50, [50]]);
    await clock.advance(50);
    expect(woken.at(-1)).toBe('long at 100');
  });

  test('an abort ends a sleep with its reason', async () => {
    const clock = createFakeClock({ sleeps: 'by hand' });
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
    expect(clock.sleeping).toEqual([]);
  });
});
