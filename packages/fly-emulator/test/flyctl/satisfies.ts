/** Members whose values flyctl compares or looks up, not only shows. */
const EXACT = new Set([
  'name',
  'slug',
  'state',
  'hostname',
  'host_status',
  'fly_process_group',
  'fly_platform_version',
]);

/**
 * What an answer lacks of what flyctl has read of the recorded one, as lines; empty = nothing. A member that is missing counts as its zero
 * value, as for Go's decoder; every recorded element of a list must find its like.
 */
export function missing(read: unknown, answer: unknown, path = ''): string[] {
  if (isZero(read) && (answer === undefined || answer === null)) return [];
  if (Array.isArray(read)) {
    if (!Array.isArray(answer)) return [`${path} is no list`];
    return read.flatMap((element, index) => {
      const tries = answer.map((candidate: unknown) => missing(element, candidate, `${path}[${index}]`));
      if (tries.some((problems) => problems.length === 0)) return [];
      return tries[index] ?? tries[0] ?? [`${path}[${index}] is missing`];
    });
  }
  if (typeof read === 'object' && read !== null) {
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return [`${path} is no object`];
    return Object.entries(read).flatMap(([key, value]) => {
      const problems = missing(value, (answer as Record<string, unknown>)[key], `${path}.${key}`);
      const differs = EXACT.has(key) && typeof value === 'string' && (answer as Record<string, unknown>)[key] !== value;
      return differs && problems.length === 0 ? [`${path}.${key} is not ${value}`] : problems;
    });
  }
  return typeof read === typeof answer ? [] : [`${path} is a ${typeof answer}, not a ${typeof read}`];
}

function isZero(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isZero);
  return [null, false, 0, ''].includes(value as null);
}
