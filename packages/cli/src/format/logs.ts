import type { LogLine } from '@sindri/core';
import { plainText } from '../terminal/outside-text.js';

/**
 * `2026-03-01T12:30:05.123Z app[3d8d…] info: listening`: nobody reads nanoseconds, and they leave less room for the line. What follows in a
 * message of several lines is indented: no line of it looks like another one.
 */
export function formatLogLine({ timestamp, source, level, instance, message }: LogLine): string {
  const time = timestamp.replace(/(\.\d{3})\d+(?=Z$)/, '$1');
  const who = instance === '' ? source : `${source}[${instance}]`;
  const head = plainText(`${time} ${who}${level === '' ? '' : ` ${level}`}:`);
  return `${head} ${message.trimEnd().replace(/\r?\n/g, '\n  ')}`;
}
