import { connect } from 'node:net';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { portNotListening, type OperationContext } from '@sindri/core';
import type { Engine } from './client.js';
import type { ContainerFacts } from './containers.js';
import { openProcess } from './session.js';

/** A script for `sh -c`: whether something listens on the port that is its argument. */
const LISTENS =
  'grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") [0-9A-F:]+ 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null';

/** Says a word once it is connected, so that a closed port is a refusal and not an empty stream. */
const RELAY = (port: number): string =>
  `set -- ${port}; ${LISTENS} || exit 1; echo; if command -v nc >/dev/null; then exec nc 127.0.0.1 ${port}; fi; ` +
  `exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; cat <&3 & cat >&3; wait'`;

/** Where a port of a container can be reached from this computer; `undefined` when it cannot. */
export function addressOf(
  { isHere }: Engine,
  { published }: Pick<ContainerFacts, 'published'>,
  port: number,
): { host: string; port: number } | undefined {
  const found = published[`${port}/tcp`];
  if (found === undefined || !isHere) return undefined;
  return { host: found.host === '0.0.0.0' ? '127.0.0.1' : found.host, port: found.port };
}

/** Why {@link addressOf} knows none, as a sentence. */
export function whyNoAddress({ isHere, where }: Engine, port: number): string {
  return isHere
    ? `Port ${port} is not published.`
    : `The engine ${where} is on another computer, and publishes ports on its loopback only.`;
}

/**
 * A stream to a port inside: by the loopback port where it is published on this computer, else by a process inside (`nc`, or bash). It
 * outlives the signal of the opening.
 */
export async function dialContainer(
  engine: Engine,
  container: Pick<ContainerFacts, 'id' | 'published'>,
  port: number,
  context: OperationContext,
): Promise<Duplex> {
  const address = addressOf(engine, container, port);
  if (address !== undefined) {
    const socket = connect(address);
    return once(socket, 'connect', { signal: context.signal }).then(
      () => socket.on('error', () => undefined),
      (cause: unknown) => {
        socket.destroy();
        context.signal.throwIfAborted();
        throw portNotListening(port, { cause });
      },
    );
  }
  const session = await openProcess(engine, context, container.id, { command: ['/bin/sh', '-c', RELAY(port)] });
  const first = await Promise.race([once(session.stdout, 'readable'), session.exited.catch(() => null)]);
  if (!Array.isArray(first) || session.stdout.read(1) === null) {
    session.close();
    throw portNotListening(port);
  }
  const stream = Duplex.from({ writable: session.stdin, readable: session.stdout });
  stream.on('error', () => undefined).once('close', () => session.close());
  return stream;
}
