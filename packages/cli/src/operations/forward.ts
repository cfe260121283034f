import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Environment } from '@sindri/core';
import { coreError } from '../error.js';
import { exitCodes } from '../exit-codes.js';
import { core } from '../lazy.js';
import type { Answer, Shell } from '../shell.js';
import { plainText } from '../terminal/outside-text.js';
import { createDialer } from './dialer.js';
import type { ForwardedPort } from './forward-ports.js';
import type { ForwardReady } from './printed-event.js';

/** Only this computer may use the ports. */
const HOSTS = ['127.0.0.1', '::1'] as const;

/**
 * Listens on ports of this computer and carries what comes to the environment, until Ctrl-C. Nothing is said to be ready before every port
 * is bound and the environment has been reached. Rejects with `PORT_UNAVAILABLE`, and with what reaching the environment rejects with.
 */
export async function forward(
  environment: Environment,
  shell: Shell,
  ports: readonly ForwardedPort[],
  where: { local: boolean; method?: string; instance?: string | undefined },
): Promise<Answer> {
  const dialer = createDialer(environment, shell, where);
  const servers: Server[] = [];
  const open = new Set<Duplex>();
  try {
    for (const port of ports) servers.push(...(await listen(port, (socket) => void carry(socket, port))));
    for (const { remote } of ports) await probe(remote);
    for (const port of ports) {
      const document: ForwardReady = { type: 'forward.ready', ...port };
      shell.stream(
        document,
        () =>
          `${where.method === undefined ? 'http://' : ''}localhost:${port.local} → port ${port.remote} of ${environment.spec.name}`,
      );
    }
    shell.say(() => 'Ctrl-C ends it.');
    if (!shell.signal.aborted) await once(shell.signal, 'abort');
    return { streamed: true, exitCode: exitCodes.interrupted };
  } finally {
    for (const server of servers) server.close();
    for (const stream of open) stream.destroy();
    dialer.close();
  }

  /** Wakes the environment, and finds out whether there is a way at all; that nobody listens yet is no obstacle. */
  async function probe(port: number): Promise<void> {
    try {
      const stream = await dialer.dial(port);
      stream.on('error', () => undefined);
      stream.destroy();
    } catch (error) {
      if (!isNotListening(error)) throw error;
      shell.say((style) => style.magenta(`Nothing listens on port ${port} of ${environment.spec.name} yet.`));
    }
  }

  async function carry(socket: Socket, { remote }: ForwardedPort): Promise<void> {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
    // What the client says first is read meanwhile, and goes out with the first packet.
    socket.read(0);
    try {
      const stream = await dialer.dial(remote);
      open.add(stream);
      stream.once('close', () => open.delete(stream));
      stream.on('error', () => undefined);
      await join(socket, stream);
    } catch (error) {
      if (shell.signal.aborted) return;
      const { message } = core().toSindriError(error);
      shell.say((style) => style.magenta(plainText(`Port ${remote}: ${message}`)));
    } finally {
      socket.destroy();
    }
  }
}

/**
 * Carries bytes both ways until nothing flows any more. Each direction ends by itself: a client that has said all may still wait for the
 * answer. Not by Node's `pipeline`, which ends with an error and its stack trace inside, whatever has happened: short connections feel it.
 */
async function join(a: Duplex, b: Duplex): Promise<void> {
  await Promise.all([follow(a, b), follow(b, a)]);
}

function follow(from: Duplex, to: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (from.destroyed || to.destroyed) {
      from.destroy();
      to.destroy();
      resolve();
      return;
    }
    from.once('close', () => {
      if (!from.readableEnded) to.destroy();
    });
    to.once('finish', resolve).once('close', () => {
      if (!to.writableFinished) from.destroy();
      resolve();
    });
    from.pipe(to);
  });
}

async function listen({ local, remote }: ForwardedPort, onConnection: (socket: Socket) => void): Promise<Server[]> {
  const servers: Server[] = [];
  try {
    for (const host of HOSTS) {
      const server = createServer({ allowHalfOpen: true }, onConnection);
      const bound = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
        server.once('error', resolve).listen({ port: local, host, exclusive: true }, () => resolve(null));
      });
      if (bound === null) servers.push(server);
      // A computer without IPv6 has the other one.
      else if (host !== '::1' || !['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(bound.code ?? '')) {
        throw taken(local, remote, host, bound);
      }
    }
    return servers;
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

function taken(port: number, remote: number, host: string, cause: NodeJS.ErrnoException): Error {
  const denied = cause.code === 'EACCES';
  return coreError({
    code: 'PORT_UNAVAILABLE',
    kind: 'usage',
    message: denied
      ? `Port ${port} of this computer may not be used by you.`
      : `Port ${port} of this computer (${host}) is in use by another program.`,
    hint: `Choose another one: ${denied ? 8000 + (port % 1000) : port + 1}:${remote}`,
    details: { port, host },
    cause,
  });
}

/** The environment is there, and nobody listens yet: the contract of `dial` has a code for that. */
function isNotListening(error: unknown): boolean {
  return core().isSindriError(error) && error.code === 'PORT_NOT_LISTENING';
}
