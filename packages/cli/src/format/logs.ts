import type { LogLine } from '@sindri/core';
import { plainText } from '../terminal/outside-text.js';

/** `2026-03-01T12:30:05Z app[3d8d…] info: listening`. What follows in a message of several lines is indented: no line of it looks like another one. */
export function formatLogLine({ timestamp, source, level, instance, message }: LogLine): string {
  const who = instance === '' ? source : `${source}[${instance}]`;
  const head = plainText(`${timestamp} ${who}${level === '' ? '' : ` ${level}`}:`);
  return `${head} ${message.trimEnd().replace(/\r?\n/g, '\n  ')}`;
}
