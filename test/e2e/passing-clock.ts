import type { VirtualClock } from '@sindri/fly-emulator';

/** Time at a platform that goes as ours does, and further when it is told to. */
export type PassingClock = VirtualClock;

interface Timer {
  due: number;
  timeout: NodeJS.Timeout;
  run(): void;
}

/** What falls due by `advance` happens at once, in order; for the programs that use the platform no time has passed. */
export function passingClock(): PassingClock {
  let ahead = 0;
  const timers = new Set<Timer>();
  const now = (): number => Date.now() + ahead;
  return {
    now,
    after(ms, callback) {
      const end = (): void => {
        clearTimeout(timer.timeout);
        timers.delete(timer);
      };
      const run = (): void => {
        end();
        callback();
      };
      const timer: Timer = { due: now() + ms, run, timeout: setTimeout(run, Math.min(ms, 2 ** 31 - 1)) };
      timer.timeout.unref();
      timers.add(timer);
      return end;
    },
    async advance(ms) {
      ahead += ms;
      const due = [...timers].filter((timer) => timer.due <= now()).sort((a, b) => a.due - b.due);
      for (const timer of due) if (timers.has(timer)) timer.run();
    },
  };
}
