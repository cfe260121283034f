import { createVirtualClock } from '../src/clock.js';

describe('virtual clock', () => {
  test('runs what falls due in order of time, then of arming', async () => {
    const clock = createVirtualClock(0);
    const ran: string[] = [];
    clock.after(20, () => ran.push(`late at ${clock.now()}`));
    clock.after(10, () => ran.push(`first at ${clock.now()}`));
    clock.after(10, () => ran.push(`second at ${clock.now()}`));
    await clock.advance(15);
    expect(ran).toEqual(['first at 10', 'second at 10']);
    await clock.advance(5);
    expect(ran).toEqual(['first at 10', 'second at 10', 'late at 20']);
    expect(clock.now()).toBe(20);
  });

  test('runs timers that a timer arms within the same stretch', async () => {
    const clock = createVirtualClock(0);
    const ran: number[] = [];
    clock.after(10, () => {
      void Promise.resolve().then(() => clock.after(10, () => ran.push(clock.now())));
    });
    await clock.advance(100);
    expect(ran).toEqual([20]);
  });

  test('a cancelled timer does not run', async () => {
    const clock = createVirtualClock(0);
    const ran: string[] = [];
    clock.after(10, () => ran.push('no'))();
    await clock.advance(100);
    expect(ran).toEqual([]);
  });
});
