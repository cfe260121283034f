import type { LogLine } from '@sindri/core';

/** `2026-03-01T12:30:05Z app[3d8d…] info: listening` */
export function formatLogLine({ timestamp, source, level, instance, message }: LogLine): string {
  const who = instance === '' ? source : `${source}[${instance}]`;
  return `${timestamp} ${who}${level === '' ? '' : ` ${level}`}: ${message}`;
}
