import { parseGoDuration } from '../go-duration.js';
import type { MachineConfig } from '../records.js';

/** What a caller may say about the end of a main process. */
export interface StopOptions {
  signal?: string;
  timeoutMs?: number;
}

const DEFAULT_SIGNAL = 'SIGINT';
const DEFAULT_TIMEOUT_MS = 5000;
const LONGEST_TIMEOUT_MS = 300_000;

/** How a main process is ended: the caller's word, else `stop_config`, else Fly's defaults. */
export function stopRules(config: MachineConfig, options: StopOptions = {}): { signal: string; timeoutMs: number } {
  const configured = config.stop_config;
  const timeoutMs = options.timeoutMs ?? parseGoDuration(configured?.timeout) ?? DEFAULT_TIMEOUT_MS;
  return {
    signal: options.signal ?? configured?.signal ?? DEFAULT_SIGNAL,
    timeoutMs: Math.min(Math.max(timeoutMs, 0), LONGEST_TIMEOUT_MS),
  };
}
