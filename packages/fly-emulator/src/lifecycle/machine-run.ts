import { afterOrSoon, type EmulatorClock } from '../clock.js';
import type { MachineExit, MachineInstance } from '../runtime/machine-runtime.js';

/**
 * What is going on in one machine right now: its live instance and the steps ahead. Every operation opens a new
 * *epoch*; whatever an older one still had in mind is dropped.
 */
export interface MachineRun {
  instance: MachineInstance | null;
  /** Names the boot that `instance` came from; an exit of any other boot is old news. */
  life: symbol | null;
  /** Set while the runtime is starting the main process; resolves when `instance` is set, or will not be. */
  booting: Promise<void> | null;
  /** Set while the runtime is suspending the machine. */
  freezing: Promise<void> | null;
  /** How the last main process ended. */
  lastExit: MachineExit | null;
  /** Restarts by policy since somebody started the machine. */
  restarts: number;
  /** A start is refused until then. */
  activeUntil: number;
  epoch(): number;
  /** Drops everything scheduled and opens a new epoch. */
  begin(): void;
  /** Runs `step` after `ms` unless a new epoch has begun by then. Failures go to `onError`. */
  later(ms: number, step: () => void | Promise<void>): void;
  /** Resolves when no step is running. */
  idle(): Promise<void>;
}

export function createMachineRun(clock: EmulatorClock, onError: (error: unknown) => void): MachineRun {
  let epoch = 0;
  const cancels = new Set<() => void>();
  const steps = new Set<Promise<void>>();

  return {
    instance: null,
    life: null,
    booting: null,
    freezing: null,
    lastExit: null,
    restarts: 0,
    activeUntil: 0,
    epoch: () => epoch,
    begin() {
      epoch++;
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
    later(ms, step) {
      const mine = epoch;
      const cancel = afterOrSoon(clock, ms, () => {
        cancels.delete(cancel);
        if (mine !== epoch) return;
        const running: Promise<void> = (async () => step())()
          .catch(onError)
          .finally(() => steps.delete(running));
        steps.add(running);
      });
      cancels.add(cancel);
    },
    async idle() {
      while (steps.size > 0) await Promise.all(steps);
    },
  };
}
