import type { LogLine, LogRequest } from '@sindri/core';
import type { Readable } from 'node:stream';
import type { Engine } from './client.js';
import { readFrames } from './frames.js';

const LAST_LINES = 5;
/** A line without an end is told in pieces of this size. */
const LONGEST_LINE = 256 * 1024;

/** What a container wrote, oldest first. */
export async function* readLogs(
  engine: Engine,
  id: string,
  instance: string,
  request: LogRequest,
): AsyncGenerator<LogLine> {
  const { follow, sinceMs, tail } = request;
  const query = {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    since: sinceMs === undefined ? null : (sinceMs / 1000).toFixed(3),
    tail: tail ?? 'all',
  };
  const body: Readable = await engine.stream('GET', `/containers/${id}/logs`, { query });
  const rest = { stdout: '', stderr: '' };
  try {
    for await (const { stream, data } of readFrames(body)) {
      const lines = (rest[stream] + data.toString()).split('\n');
      rest[stream] = lines.pop() ?? '';
      if (rest[stream].length > LONGEST_LINE) lines.push(rest[stream].slice(0, LONGEST_LINE));
      if (rest[stream].length > LONGEST_LINE) rest[stream] = '';
      for (const line of lines) {
        const [, time = '', message = ''] = /^(\S+) ?(.*)$/s.exec(line) ?? [];
        const at = Date.parse(time);
        if (Number.isNaN(at) || at < (sinceMs ?? 0)) continue;
        yield {
          timestamp: new Date(at).toISOString(),
          source: stream,
          level: 'info',
          instance,
          message: message.replace(/\r$/, ''),
        };
      }
    }
  } finally {
    body.destroy();
  }
}

/** For the end of a message: ` Its last lines: …`. */
export async function lastLines(engine: Engine, id: string): Promise<string> {
  const lines: string[] = [];
  try {
    for await (const { message } of readLogs(engine, id, id, { follow: false, tail: LAST_LINES })) lines.push(message);
  } catch {
    return '';
  }
  return lines.length === 0 ? '' : ` Its last lines: ${lines.join(' | ')}`;
}
