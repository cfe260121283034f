import { SindriError, type SshTarget } from '@sindri/core';
import { openFirst, type StreamOpener } from '@sindri/ssh';
import { methods } from './methods/index.js';
import type { FlyConnectionMethod, Obstacle, Streams } from './methods/method.js';
import type { SshDestination } from './ssh-destination.js';

/**
 * What opens streams to the SSH server by the named method; absent = `auto`: one available method after the other. Throws
 * with the code of the obstacle when a named method, or all of them, cannot work.
 */
export function openerFor(method: string | undefined, destination: SshDestination, streams: Streams): StreamOpener {
  const named = methodNamed(method);
  if (named === undefined) return automaticOpener(destination, streams) ?? impossible(automatic, destination);
  return named.unavailable(destination) === null ? named.open(destination, streams) : impossible([named], destination);
}

/** `undefined` for `auto`. */
export function methodNamed(method: string | undefined): FlyConnectionMethod | undefined {
  return methods.find(({ name }) => name === method);
}

/** What `auto` opens streams with; `null` when no method can work. */
export function automaticOpener(destination: SshDestination, streams: Streams): StreamOpener | null {
  const available = availableMethods(destination);
  return available.length === 0 ? null : openFirst(available.map((method) => method.open(destination, streams)));
}

/** How an SSH client of the user gets there. Throws like {@link openerFor} when no method can work. */
export function clientAccess(destination: SshDestination): Pick<SshTarget, 'addresses' | 'proxyCommand'> {
  const available = availableMethods(destination);
  if (available.length === 0) return impossible(automatic, destination);
  const access = available.map((method) => method.clientAccess(destination));
  const proxyCommand = access.find((one) => one.proxyCommand !== undefined)?.proxyCommand;
  return {
    addresses: access.flatMap(({ addresses = [] }) => addresses),
    ...(proxyCommand === undefined ? {} : { proxyCommand }),
  };
}

const automatic = methods.filter((method) => method.automatic);

function availableMethods(destination: SshDestination): FlyConnectionMethod[] {
  return automatic.filter((method) => method.unavailable(destination) === null);
}

/** Throws what stands in the way of the first of these. */
function impossible(candidates: readonly FlyConnectionMethod[], destination: SshDestination): never {
  const obstacle = candidates.map((method) => method.unavailable(destination)).find((one) => one !== null);
  throw obstacleError(obstacle as Obstacle);
}

function obstacleError({ code, kind, reason, remedy }: Obstacle): SindriError {
  return new SindriError({
    code,
    kind,
    message: `${reason}.`,
    hint: `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`,
  });
}
