import type { JsonObject, JsonValue } from '@sindri/core';

/** A JSON object whose members nobody has checked yet. */
export type JsonMap = JsonObject;

/** `value` if it is a JSON object, else an empty one. Everything in here came as JSON. */
export function asMap(value: unknown): JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : {};
}

/** `value` if it is a list, else an empty one. */
export function asList(value: unknown): JsonValue[] {
  return Array.isArray(value) ? (value as JsonValue[]) : [];
}
