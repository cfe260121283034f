/** A JSON object whose members nobody has checked yet. */
export type JsonMap = Record<string, unknown>;

/** `value` if it is a JSON object, else an empty one. */
export function asMap(value: unknown): JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : {};
}

/** `value` if it is a list, else an empty one. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
