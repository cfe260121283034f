import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type Clock, type OperationContext, type SindriEvent } from '@sindri/core';

export interface TestContext extends OperationContext {
  events: SindriEvent[];
  /** Removes the state directory. */
  remove(): void;
}

/** A clock whose pauses take no time: it jumps. */
export function jumpingClock(start = 1_700_000_000_000): Clock & { slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

/**
 * A clock on which whatever is waited for comes before any pause is over: pauses end only when nobody needs them any more. What is done
 * beside a wait that takes long, a look or a renewal, is never done, however busy the machine.
 */
export function stillClock(): Clock {
  return {
    now: () => 1_700_000_000_000,
    sleep: (_ms, signal) =>
      new Promise((_resolve, reject) => {
        const end = (): void => reject(signal?.reason as Error);
        if (signal?.aborted === true) end();
        else signal?.addEventListener('abort', end, { once: true });
      }),
  };
}

/** A clock that runs `factor` times as fast as the real one, so that pauses and limits keep their proportions. */
export function fastClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}

export function testContext(options: Partial<OperationContext> = {}): TestContext {
  const events: SindriEvent[] = [];
  const stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-fly-'));
  return {
    signal: new AbortController().signal,
    hide: () => undefined,
    emit: (event) => events.push(event),
    clock: systemClock,
    random: () => 0,
    env: {},
    stateDir,
    ...options,
    events,
    remove: () => rmSync(stateDir, { recursive: true, force: true }),
  };
}
