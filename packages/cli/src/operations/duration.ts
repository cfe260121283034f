import { CLIError } from '@oclif/core/errors';

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90` (seconds), `90s`, `10m`, `2h`, `1d` as milliseconds; `null` for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) return null;
  return Number(match[1]) * (units[match[2] ?? 's'] ?? 1000);
}

/** The value of `--since` as ms since the epoch; `undefined` when it was not given. Throws for one that is no moment. */
export function readSince(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const at = parseSince(text, nowMs);
  if (at === null) throw new CLIError('--since: expected 10m, 2h or a time such as 2026-03-01T12:00Z');
  return at;
}

/** A moment, ms since the epoch: an ISO 8601 time, or a duration before `nowMs`. `null` for anything else. */
export function parseSince(text: string, nowMs: number): number | null {
  const ago = parseDuration(text);
  // Nothing is older than the epoch, and no platform knows a time before it.
  if (ago !== null) return Math.max(0, nowMs - ago);
  // Date.parse takes nearly anything; a year first is what people mean here, and a day that there is.
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  const at = day === undefined || !isDay(day) ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** Not `2026-02-30`, which `Date` takes for the second of March. */
function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}
