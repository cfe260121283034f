import type { JsonValue } from '@sindri/core';

/** Whether a live value says what the wanted one says. */
export type Same = (live: unknown, wanted: unknown) => boolean;

/** Notes a field whose live value (`from`) does not say what is wanted. */
export type Compare = (field: string, from: unknown, to: unknown, same?: Same) => void;

/** The fields of a check that are durations. */
export const checkTimes = ['interval', 'timeout', 'grace_period'];

/** Equal as JSON; absent is null. */
export function sameValue(live: unknown, wanted: unknown): boolean {
  return JSON.stringify(live ?? null) === JSON.stringify(wanted ?? null);
}

/** As it is shown to people. */
export function printable(value: unknown): JsonValue {
  return (value ?? null) as JsonValue;
}
