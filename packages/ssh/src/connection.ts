import type { Duplex } from 'node:stream';
import { type SindriError, type Clock, type Session, type SessionRequest } from '@sindri/core';
import type { Client } from 'ssh2';
import { formatAddress, type SshAddress } from './addresses.js';
import { prepareOffers, type SshCredential } from './auth.js';
import { awaitGreeting } from './dial.js';
import { closed, describeSocketError } from './errors.js';
import { openForward } from './forward.js';
import { handshake } from './handshake.js';
import { requirePins } from './host-keys.js';
import type { Link } from './link.js';
import { openSession } from './session.js';
import { openSftp, type Sftp } from './sftp/sftp.js';
import type { StreamOpener } from './stream-opener.js';
import { loadSsh2 } from './ssh2-library.js';
import { sshError } from './ssh-error.js';

const DEFAULT_KEEPALIVE_MS = 15_000;
const DEFAULT_KEEPALIVE_MISSES = 3;
const DEFAULT_CONNECT_TIMEOUT_MS = 30_000;

/** Where to log in, as whom, and whom to trust. */
export interface ConnectSshOptions {
  /** What opens the byte stream to the server: {@link openAddresses} over TCP, {@link openThrough} over anything else. */
  via: StreamOpener;
  user: string;
  /** Offered in this order, at most five. A server may give up after three: see `orderIdentities`. */
  identities: readonly SshCredential[];
  /**
   * Pinned host keys; the server must show one of them. `null` only where the stream itself proves who answers: a WireGuard tunnel to a
   * gateway whose key is known.
   */
  hostKeys: readonly string[] | null;
  /** Ends the attempt, and later the connection with everything in it. */
  signal: AbortSignal;
  clock: Clock;
  /** Default 15 s. 0 turns it off. */
  keepaliveIntervalMs?: number;
  /** The socket of the agent that sessions with `forwardAgent` are lent; it must be the same as theirs. Absent = none. */
  forwardAgent?: string;
  /** So many keepalives without an answer end the connection. Default 3. */
  keepaliveMisses?: number;
  /** From the first dial to the login. Default 30 s. */
  connectTimeoutMs?: number;
  onPhase?(phase: ConnectPhase): void;
}

/** The steps to a connection, in their order. */
export type ConnectPhase = 'dial' | 'handshake' | 'authenticate';

/** A logged-in SSH connection. */
export interface SshConnection {
  /**
   * Starts the login shell or a command. The session's `exited` settles when those who read its output have all of it; a stream that
   * nobody reads is not waited for, but one that fills up (2 MiB) holds the process back. Rejects with `SSH_CHANNEL_REFUSED` or `SSH_CLOSED`.
   */
  session(request: SessionRequest): Promise<Session>;
  /**
   * A byte stream to a TCP port as the server sees it; `host` is `127.0.0.1` unless given. Rejects with `PORT_NOT_LISTENING` when
   * nothing listens there, with `SSH_CHANNEL_REFUSED` when the server forwards nothing, or with `SSH_CLOSED`.
   */
  forward(port: number, host?: string): Promise<Duplex>;
  /** The files of the other side. Rejects with `SSH_CHANNEL_REFUSED` where the server has no SFTP, or with `SSH_CLOSED`. */
  sftp(): Promise<Sftp>;
  /** The address that was used, `null` where there were none to choose from. */
  readonly address: SshAddress | null;
  /** When the server has sent something last, in ms of the clock: no later than a keepalive ago, while it lives. */
  heardAt(): number;
  /** Ends the connection and everything in it, now. */
  close(): void;
  /** Resolves when the connection is over, whatever the reason. */
  readonly closed: Promise<void>;
}

/**
 * Connects and logs in. The host key is always checked against `hostKeys`, and nothing secret is sent before.
 *
 * Rejects with `SSH_UNREACHABLE`, `SSH_HANDSHAKE_FAILED`, `SSH_HOST_KEY_MISMATCH`, `SSH_AUTH_FAILED`, `SSH_CLOSED`,
 * `OPERATION_TIMED_OUT`, or with `signal.reason`. Leaves no socket behind when it does.
 */
export async function connectSsh(options: ConnectSshOptions): Promise<SshConnection> {
  const { signal, clock, via } = options;
  const timeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
  const startedAt = clock.now();
  const phase = (name: ConnectPhase) => options.onPhase?.(name);
  const over = new AbortController();
  const deadline = new AbortController();
  try {
    signal.throwIfAborted();
    const pins = options.hostKeys === null ? null : requirePins(options.hostKeys, via.where);
    if (options.identities.length === 0) throw (await prepareOffers(options.user, [])).failure(via.where);

    phase('dial');
    // A relay may accept connections for a server that is not there: the stream counts once the server has spoken. One that proves itself
    // has no relay: both sides speak at once there (RFC 4253, section 4.2), which saves a round trip.
    const prove = pins === null ? {} : { prove: awaitGreeting };
    // It takes a while to load: the other side is dialled first, and answers meanwhile.
    setImmediate(loadSsh2);
    const opened = await via.open({ signal, clock, timeoutMs, ...prove });
    const { stream, address } = opened;
    // In the same turn: until the handshake begins nobody listens to the stream.
    const offers = await prepareOffers(options.user, options.identities);
    const where = address === null ? (opened.where ?? via.where) : formatAddress(address);
    const remainingMs = Math.max(1, timeoutMs - (clock.now() - startedAt));
    clock.sleep(remainingMs, AbortSignal.any([signal, over.signal])).then(
      () => deadline.abort(tooSlow(where, timeoutMs)),
      () => undefined,
    );
    phase('handshake');
    const client = await handshake({
      socket: stream,
      user: options.user,
      offers,
      pins,
      forwardAgent: options.forwardAgent,
      keepaliveIntervalMs: options.keepaliveIntervalMs ?? DEFAULT_KEEPALIVE_MS,
      keepaliveMisses: options.keepaliveMisses ?? DEFAULT_KEEPALIVE_MISSES,
      where,
      signal: AbortSignal.any([signal, deadline.signal]),
      onAuthenticate: () => phase('authenticate'),
    });
    return openConnection(client, stream, address, where, options);
  } finally {
    over.abort();
  }
}

function openConnection(
  client: Client,
  socket: Duplex,
  address: SshAddress | null,
  where: string,
  { signal, clock }: Pick<ConnectSshOptions, 'signal' | 'clock'>,
): SshConnection {
  let heardAt = clock.now();
  socket.on('data', () => (heardAt = clock.now()));
  let ended = false;
  let deliberate = false;
  let lastError: Error | null = null;
  const link: Link = {
    where,
    broken() {
      if (signal.aborted) return asError(signal.reason);
      if (deliberate) return closed(`The connection to ${where} was closed.`);
      return ended ? brokenError(where, lastError) : null;
    },
    deliberate: () => deliberate || signal.aborted,
  };
  const isClosed = new Promise<void>((resolve) => {
    client.on('error', (error) => (lastError = error));
    client.prependListener('close', () => {
      ended = true;
      signal.removeEventListener('abort', close);
      resolve();
    });
  });
  if (signal.aborted) close();
  else signal.addEventListener('abort', close);

  return {
    address,
    closed: isClosed,
    heardAt: () => heardAt,
    close,
    async session(request) {
      refuseWhenOver();
      return openSession(client, request, link);
    },
    async forward(port, host = '127.0.0.1') {
      refuseWhenOver();
      return openForward(client, host, port, link);
    },
    async sftp() {
      refuseWhenOver();
      return openSftp(client, link);
    },
  };

  function refuseWhenOver(): void {
    const error = link.broken();
    if (error !== null) throw error;
  }

  function close(): void {
    if (deliberate) return;
    deliberate = true;
    client.end();
    // Lets the goodbye go out, and does not wait for a peer that is no longer there.
    setImmediate(() => socket.destroy());
  }
}

function tooSlow(where: string, timeoutMs: number): SindriError {
  return sshError({
    code: 'OPERATION_TIMED_OUT',
    kind: 'incomplete',
    message: `The SSH login at ${where} took longer than ${Math.round(timeoutMs / 1000)} s.`,
    hint: 'If your agent or hardware key asked for a confirmation, give it and try again.',
    retryable: true,
  });
}

function brokenError(where: string, cause: Error | null): SindriError {
  return closed(`The connection to ${where} ${howItBroke(cause)}.`, {
    cause: cause ?? undefined,
    hint: 'The environment may have been stopped, or the network changed. Connect again.',
  });
}

function howItBroke(cause: (Error & { level?: string; code?: unknown }) | null): string {
  if (cause === null) return 'broke';
  if (cause.level === 'client-timeout') return 'stopped answering';
  if (typeof cause.code === 'string') return `broke: the other side ${describeSocketError(cause).message}`;
  return `broke: ${cause.message.replace(/\.$/, '')}`;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}
