import type { EventsRequest, LogLine, LogRequest, OperationContext, PastEvent, PastEventKind } from '@sindri/core';
import type { Readable } from 'node:stream';
import type { Engine } from './engine/client.js';
import { readFrames } from './engine/frames.js';
import { markFilter } from './observe.js';
import { labels } from './settings.js';
import type { Spec } from './shapes.js';

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

const KINDS: Readonly<Record<string, PastEventKind>> = {
  create: 'created',
  update: 'updated',
  start: 'started',
  stop: 'stopped',
  pause: 'suspended',
  unpause: 'resumed',
  restart: 'restarted',
  oom: 'out-of-memory',
  destroy: 'destroyed',
};

interface WireEvent {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  timeNano: number;
}

/** What the engine still remembers: 256 events of all that it runs, since it was started. */
export async function readEvents(
  engine: Engine,
  spec: Spec,
  request: EventsRequest,
  { clock }: OperationContext,
): Promise<PastEvent[]> {
  const { sinceMs = 0, tail = Infinity } = request;
  const query = {
    since: (sinceMs / 1000).toFixed(3),
    until: (clock.now() / 1000).toFixed(3),
    ...markFilter(spec.name),
  };
  let text = '';
  for await (const chunk of await engine.stream('GET', '/events', { query })) text += String(chunk);
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WireEvent);
  // A copy of a volume is made by a container, too.
  const ours = events.filter(({ Type, Actor }) => Type === 'container' && Actor.Attributes[labels.role] !== 'copy');
  const told = ours.flatMap((event, index): PastEvent[] => {
    const { Action, Actor, timeNano } = event;
    const before = ours[index - 1];
    const code = Actor.Attributes.exitCode ?? '0';
    // Whoever was killed by a stop has not crashed, and the stop is told by itself.
    const killed = before?.Action === 'kill' && before.Actor.ID === Actor.ID;
    const died = Action === 'die' && !killed ? (code === '0' ? 'stopped' : 'crashed') : undefined;
    const kind = died ?? KINDS[Action];
    if (kind === undefined) return [];
    const cause = kind === 'crashed' ? 'crash' : null;
    return [
      {
        at: new Date(timeNano / 1e6).toISOString(),
        kind,
        cause,
        message: died ? `ended by itself with ${code}` : kind,
      },
    ];
  });
  return told.slice(-tail);
}
