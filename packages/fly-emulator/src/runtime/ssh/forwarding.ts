import type { Duplex } from 'node:stream';
import type { Connection, ServerChannel } from 'ssh2';
import { joinStreams } from '../../streams/join-streams.js';
import { openAgentChannel } from './agent-channel.js';
import { halfOpen } from './half-open-channel.js';
import type { Closable, MachineSockets } from './machine-sockets.js';

/** What one connection forwards besides ports of the machine. */
export interface Forwarding {
  /** The path of the socket behind which the client's agent answers; `null` where the machine has no sockets. */
  agentSocket(): string | null;
  /** Ends every forwarding. */
  close(): void;
}

/** Serves `-R`, Unix sockets both ways, and the client's agent. Without `sockets` all of it is refused. */
export function serveForwarding(connection: Connection, sockets: MachineSockets | undefined): Forwarding {
  const listeners = new Map<string, Closable>();
  const streams = new Set<Duplex>();
  let agent: (Closable & { path: string }) | null = null;
  let over = false;

  const carry = (inside: Duplex, channel: ServerChannel): void => {
    streams.add(inside);
    joinStreams(halfOpen(channel), inside, () => streams.delete(inside));
  };
  /** Hands a connection that was made in the machine to the client, on a channel that it must accept. */
  const hand = (
    inside: Duplex,
    open: (opened: (error: Error | undefined, channel: ServerChannel) => void) => void,
  ): void => {
    inside.on('error', () => inside.destroy());
    // A client that has gone in this moment is no reason to fail.
    if (over) return void inside.destroy();
    open((error, channel) => (error || over ? inside.destroy() : carry(inside, channel)));
  };
  const keep = (key: string, listener: Closable): void => {
    if (over) listener.close();
    else listeners.set(key, listener);
  };
  const cancel = (key: string): boolean => {
    listeners.get(key)?.close();
    return listeners.delete(key);
  };

  const listenPort = async (address: string, port: number): Promise<number> => {
    if (!sockets) throw new Error('forwarding is not possible');
    const opened = await sockets.listenPort(port, (stream, from) =>
      hand(stream, (done) => connection.forwardOut(address, opened.port, from.address, from.port, done)),
    );
    keep(portKey(address, opened.port), opened);
    return opened.port;
  };
  const listenSocket = async (path: string): Promise<void> => {
    if (!sockets) throw new Error('forwarding is not possible');
    const opened = await sockets.listenSocket(path, (stream) =>
      hand(stream, (done) => connection.openssh_forwardOutStreamLocal(path, done)),
    );
    keep(path, opened);
  };

  connection.on('request', (accept, reject, name, info) => {
    const answer = (work: Promise<number | void>): void =>
      void work.then(
        (port) => (port === undefined ? accept?.() : accept?.(port)),
        () => reject?.(),
      );
    const asked = info as { bindAddr?: string; bindPort?: number; socketPath?: string };
    const { bindAddr = '', bindPort = 0, socketPath = '' } = asked;
    const kind: string = name;
    if (kind === 'tcpip-forward') answer(listenPort(bindAddr, bindPort));
    else if (kind === 'streamlocal-forward@openssh.com') answer(listenSocket(socketPath));
    else if (cancel(kind === 'cancel-tcpip-forward' ? portKey(bindAddr, bindPort) : socketPath)) accept?.();
    else reject?.();
  });
  connection.on('openssh.streamlocal', (accept, reject, info) => {
    if (!sockets) return reject();
    sockets.connectSocket(info.socketPath).then(
      (stream) => {
        const channel = over ? undefined : accept();
        if (channel) carry(stream, channel);
        else stream.destroy();
      },
      () => reject(),
    );
  });

  return {
    agentSocket() {
      if (!sockets || over) return null;
      agent ??= sockets.openAgentSocket((stream) => hand(stream, (done) => openAgentChannel(connection, done)));
      return agent.path;
    },
    close() {
      over = true;
      for (const listener of listeners.values()) listener.close();
      listeners.clear();
      agent?.close();
      for (const stream of [...streams]) stream.destroy();
    },
  };
}

const portKey = (address: string, port: number): string => `${address}:${port}`;
