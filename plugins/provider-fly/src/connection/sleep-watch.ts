import type { Clock } from '@sindri/core';

/** How a session with a terminal keeps in touch: often, so that a silence is noticed soon, and patiently, for networks that stutter. */
export const attended = { keepaliveIntervalMs: 5_000, keepaliveMisses: 9 } as const;

/** So long nothing was heard, though an answer was due: time to ask Fly. */
const SILENT_MS = 8_000;
const ASK_AGAIN_MS = 10_000;

export interface SleepWatchOptions {
  clock: Clock;
  /** When the machine was heard last, ms of the clock. */
  heardAt(): number;
  /** The machine's state as Fly tells it. A look that fails says nothing. */
  look(): Promise<string>;
  /** Ends the watch, which then rejects with its reason. */
  signal: AbortSignal;
}

/**
 * Resolves with the state of a machine that does not run any more. A suspended one does not say goodbye: its connections stay as they
 * are, and only go silent. As long as it is heard nobody is asked.
 */
export async function watchForSleep({ clock, heardAt, look, signal }: SleepWatchOptions): Promise<string> {
  let pauseMs = 0;
  for (;;) {
    const dueMs = heardAt() + SILENT_MS - clock.now();
    await clock.sleep(Math.max(dueMs, pauseMs), signal);
    pauseMs = 1;
    if (clock.now() - heardAt() < SILENT_MS) continue;
    const state = await look().catch(() => null);
    signal.throwIfAborted();
    if (state !== null && state !== 'started') return state;
    pauseMs = ASK_AGAIN_MS;
  }
}
