import type { LogLine } from '@sindri/core';

/** `2026-03-01T12:30:05.123Z app[3d8d…] info: listening`: nobody reads nanoseconds, and they leave less room for the line. */
export function formatLogLine({ timestamp, source, level, instance, message }: LogLine): string {
  const who = instance === '' ? source : `${source}[${instance}]`;
  return `${timestamp.replace(/(\.\d{3})\d+(?=Z$)/, '$1')} ${who}${level === '' ? '' : ` ${level}`}: ${message}`;
}
