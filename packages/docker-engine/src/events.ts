import type { EventsRequest, OperationContext, PastEvent, PastEventKind } from '@sindri/core';
import type { Engine } from './client.js';

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

/**
 * What happened to the containers with a label, unless they have `except`, too, as far as the engine still remembers: it keeps 256 events
 * of all that it runs, since it was started.
 */
export async function readEvents(
  engine: Engine,
  { label, except }: { label: string; except: string },
  request: EventsRequest,
  { clock }: OperationContext,
): Promise<PastEvent[]> {
  const { sinceMs = 0, tail = Infinity } = request;
  const [name = '', value] = except.split('=');
  const query = {
    since: (sinceMs / 1000).toFixed(3),
    until: (clock.now() / 1000).toFixed(3),
    filters: { label: [label] },
  };
  let text = '';
  for await (const chunk of await engine.stream('GET', '/events', { query })) text += String(chunk);
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WireEvent);
  const ours = events.filter(({ Type, Actor }) => Type === 'container' && Actor.Attributes[name] !== value);
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
