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
