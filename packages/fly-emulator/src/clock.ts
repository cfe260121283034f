/** Time inside the emulator: real for people, virtual for tests. Milliseconds since the Unix epoch. */
export interface EmulatorClock {
  now(): number;
  /** Runs `callback` once, `ms` from now. Returns the way to cancel it. */
  after(ms: number, callback: () => void): () => void;
}

/** A clock that moves only when told to. */
export interface VirtualClock extends EmulatorClock {
  /** Moves time forward, running everything that falls due in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
}

/** Longest delay `setTimeout` takes; anything longer would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's own clock. Its timers never keep the process alive: the listening socket does that. */
export function createSystemClock(): EmulatorClock {
  return {
    now: () => Date.now(),
    after(ms, callback) {
      let timer: NodeJS.Timeout | undefined;
      const arm = (left: number): void => {
        const step = Math.min(Math.max(left, 0), LONGEST_TIMER_MS);
        timer = setTimeout(() => (left > step ? arm(left - step) : callback()), step);
        timer.unref();
      };
      arm(ms);
      return () => clearTimeout(timer);
    },
  };
}

interface Timer {
  due: number;
  order: number;
  callback: () => void;
}

/**
 * A clock for tests. It stands still until `advance` is called.
 * @param startMs the first value of `now()`; a fixed day by default, so that recorded times are the same in every run
 */
export function createVirtualClock(startMs: number = Date.UTC(2026, 10, 1, 10)): VirtualClock {
  let now = startMs;
  let order = 0;
  const timers = new Set<Timer>();

  const nextDue = (limit: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.due > limit) continue;
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer;
    }
    return first;
  };

  return {
    now: () => now,
    after(ms, callback) {
      const timer: Timer = { due: now + Math.max(ms, 0), order: order++, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const target = now + ms;
      await settle();
      for (let timer = nextDue(target); timer; timer = nextDue(target)) {
        timers.delete(timer);
        now = Math.max(now, timer.due);
        timer.callback();
        await settle();
      }
      now = target;
      await settle();
    },
  };
}

/**
 * Runs `callback` once, `ms` from now; without a delay at the next turn of the event loop, because a virtual clock may
 * stand still. Returns the way to cancel it.
 */
export function afterOrSoon(clock: EmulatorClock, ms: number, callback: () => void): () => void {
  if (ms > 0) return clock.after(ms, callback);
  const immediate = setImmediate(callback);
  return () => clearImmediate(immediate);
}

/** Gives promise chains, and the immediates they arm, a few turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
