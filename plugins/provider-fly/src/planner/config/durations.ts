const unitsInNanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * A duration of the Machines API in nanoseconds: it writes Go's strings (`30s`, `2m0s`, `1h30m`) or whole nanoseconds,
 * sometimes the other way round than it was sent. `null` for anything else.
 */
export function durationToNanoseconds(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return null;
  let total = 0;
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(number) * (unitsInNanoseconds[unit as string] as number);
  }
  return total;
}

/** Whether two durations are equal, however each is written. */
export function sameDuration(a: unknown, b: unknown): boolean {
  const [left, right] = [durationToNanoseconds(a), durationToNanoseconds(b)];
  return left === null || right === null ? a === b : left === right;
}
