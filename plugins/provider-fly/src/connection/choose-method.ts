import { SindriError, type SshTarget } from '@sindri/core';
import { openRace, type Contender, type StreamOpener } from '@sindri/ssh';
import { methods } from './methods/index.js';
import type { FlyConnectionMethod, Obstacle, Streams } from './methods/method.js';
import type { SshDestination } from './ssh-destination.js';

/**
 * What opens streams to the SSH server by a named method. Throws with the code of the obstacle when it cannot work. Throws with `TypeError`
 * for a name that core lets nobody give.
 */
export function openerFor(named: FlyConnectionMethod, destination: SshDestination, streams: Streams): StreamOpener {
  const obstacle = named.unavailable(destination);
  if (obstacle !== null) throw obstacleError(obstacle);
  return named.open(destination, streams);
}

/** `undefined` for `auto`. */
export function methodNamed(method: string | undefined): FlyConnectionMethod | undefined {
  return methods.find(({ name }) => name === method);
}

/** What `auto` may do, and what it is to tell. */
export interface Automatic {
  /** The method that has worked last: it is tried first. */
  before?: string | null;
  /** Only what goes through Fly's edge. */
  edgeOnly?: boolean;
  onWin?(method: string): void;
}

/**
 * What `auto` opens streams with: every method that can work at a time, in the order of the list, the costly ones later; `null` when none can.
 * The error that tells that nothing has opened tells of each why, also of those that cannot work.
 */
export function automaticOpener(
  destination: SshDestination,
  streams: Streams,
  { before = null, edgeOnly = false, onWin }: Automatic = {},
): StreamOpener | null {
  const candidates = automatic
    .filter(({ throughEdge }) => throughEdge || !edgeOnly)
    .map((method) => ({ method, obstacle: method.unavailable(destination) }));
  const contenders = candidates
    .filter(({ obstacle }) => obstacle === null)
    .map(({ method }): Contender & { method: FlyConnectionMethod } => ({
      method,
      opener: method.open(destination, streams),
      afterMs: method.name === before ? 0 : (method.automaticAfterMs as number) + (before === null ? 0 : HEAD_START_MS),
      onWin: () => onWin?.(method.name),
    }))
    .sort((a, b) => a.afterMs - b.afterMs);
  if (contenders.length === 0) return null;
  const edge = contenders.filter(({ method }) => method.throughEdge);
  const impossible = candidates.flatMap(({ method: { name }, obstacle }) =>
    obstacle === null
      ? []
      : [{ where: name, address: null, reason: 'unreachable' as const, message: saying(obstacle) }],
  );
  return openRace(contenders, {
    where: placesOf(edge.length > 0 ? edge : contenders),
    impossible,
  });
}

/** So long before the others what has worked last is tried. */
const HEAD_START_MS = 500;

/** What is tried first stands for all: each has addresses of its own. */
function placesOf(contenders: readonly Contender[]): string {
  const [first, ...others] = contenders.map(({ opener }) => opener.where);
  if (others.length === 0) return first ?? '';
  return `${first} (and ${others.length === 1 ? 'one other way' : `${others.length} other ways`})`;
}

function saying({ reason }: Obstacle): string {
  return `cannot be used (${reason.charAt(0).toLowerCase()}${reason.slice(1)})`;
}

/** How an SSH client of the user gets there: by the addresses that carry SSH as it is; there may be none. */
export function clientAccess(destination: SshDestination): Pick<SshTarget, 'addresses'> {
  const available = automatic.filter((method) => method.unavailable(destination) === null);
  return { addresses: available.flatMap((method) => method.clientAddresses(destination)) };
}

const automatic = methods.filter(({ automaticAfterMs }) => automaticAfterMs !== null);

function obstacleError({ code, kind, reason, remedy }: Obstacle): SindriError {
  return new SindriError({
    code,
    kind,
    message: `${reason}.`,
    hint: `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`,
  });
}
