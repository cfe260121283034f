import dns from 'node:dns';
import { connect, isIPv4, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { abortable, type Clock } from '@sindri/core';
import { bareHost, formatAddress, type SshAddress } from './addresses.js';
import { describeSocketError, unreachable, type DialFailure, type DialFailureReason } from './errors.js';
import { RaceLost, raceStaggered } from './race.js';

/** RFC 8305 recommends 250 ms between connection attempts. */
const STAGGER_MS = 250;

/** Finds the IP addresses of a host name, best first. */
export type Lookup = (host: string) => Promise<string[]>;

/** Limits of dialling, and what counts as an answer. */
export interface DialOptions {
  signal: AbortSignal;
  clock: Clock;
  /** For all addresses together, name resolution included. */
  timeoutMs: number;
  /**
   * A connection counts only once the server has sent its first bytes, which an SSH server does unasked. Default `false`. A
   * relay accepts connections before it knows whether anything listens behind it; then another address may be better.
   */
  greeting?: boolean;
  lookup?: Lookup;
}

/** The connection that won. */
export interface DialResult {
  socket: Socket;
  /** The given address whose connection won. */
  address: SshAddress;
}

/**
 * Opens a TCP connection to the first address that answers ("happy eyeballs"): addresses are tried in order, each joining
 * 250 ms after the one before, or at once when that one failed. All other sockets are closed.
 *
 * Rejects with `SSH_UNREACHABLE`, which lists each address and why, or with `signal.reason`.
 */
export async function dialFirst(addresses: readonly SshAddress[], options: DialOptions): Promise<DialResult> {
  try {
    const prove = options.greeting ? awaitGreeting : async () => undefined;
    const { socket, address } = await dialAndProve(addresses, options, prove);
    return { socket: socket as Socket, address };
  } catch (error) {
    throw error instanceof DialFailed ? unreachable(error.failures) : error;
  }
}

/** Thrown by a proof: this connection is of no use, for that reason. */
export class DialError extends Error {
  constructor(
    readonly reason: DialFailureReason,
    message: string,
  ) {
    super(message);
  }
}

/** No address gave a connection that counts: why, for each. */
export class DialFailed extends Error {
  constructor(readonly failures: readonly DialFailure[]) {
    super('no address answered');
  }
}

/** Looks at a fresh connection, which counts once this resolves. Rejects with {@link DialError}. */
export type StreamProof = (stream: Duplex, signal: AbortSignal) => Promise<void>;

/** What came of dialling: the connection, or what was put around it. */
export interface ProvenStream {
  socket: Duplex;
  address: SshAddress;
}

/** What is put around a fresh connection before it is looked at, such as TLS. Rejects with {@link DialError}. */
export type StreamWrap = (socket: Socket, signal: AbortSignal) => Promise<Duplex>;

/**
 * {@link dialFirst} for connections that must show something before they count. Rejects with {@link DialFailed}, or with
 * `options.signal`'s reason.
 */
export async function dialAndProve(
  addresses: readonly SshAddress[],
  options: Omit<DialOptions, 'greeting'> & { wrap?: StreamWrap },
  prove: StreamProof,
): Promise<ProvenStream> {
  options.signal.throwIfAborted();
  const failures = new Map<SshAddress, DialFailure>();
  const deadline = new AbortController();
  const finished = new AbortController();
  const signal = AbortSignal.any([options.signal, deadline.signal]);
  options.clock.sleep(options.timeoutMs, AbortSignal.any([options.signal, finished.signal])).then(
    () => deadline.abort(),
    () => undefined,
  );
  try {
    const attempts = addresses.map((address) => (attemptSignal: AbortSignal) => attempt(address, attemptSignal));
    return await race(attempts, signal);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof RaceLost)) throw error;
    throw new DialFailed(addresses.map((address) => failures.get(address) ?? notAnswered(address)));
  } finally {
    finished.abort();
  }

  function race<R extends { socket: Duplex }>(attempts: ((signal: AbortSignal) => Promise<R>)[], within: AbortSignal) {
    return raceStaggered(attempts, {
      signal: within,
      clock: options.clock,
      staggerMs: STAGGER_MS,
      discard: ({ socket }) => socket.destroy(),
    });
  }

  async function attempt(address: SshAddress, attemptSignal: AbortSignal) {
    try {
      const ips = await resolveHost(bareHost(address.host), attemptSignal, options.lookup ?? systemLookup);
      const { socket } = await race(
        ips.map((ip) => (ipSignal: AbortSignal) => connectAndProve(ip, address.port, ipSignal, prove, options.wrap)),
        attemptSignal,
      );
      return { socket, address };
    } catch (error) {
      failures.set(address, describeFailure(address, error));
      throw error;
    }
  }

  function describeFailure(address: SshAddress, error: unknown): DialFailure {
    const causes = error instanceof RaceLost ? error.errors : [error];
    // Whoever was cut off by the deadline has nothing of its own to tell.
    const told = causes.filter((cause) => cause !== undefined && !isAbort(cause)).map(toDialError);
    const last = told.at(-1);
    if (last === undefined) return notAnswered(address);
    const message = [...new Set(told.map((cause) => cause.message))].join(', ');
    return { where: formatAddress(address), address, reason: last.reason, message };
  }

  function notAnswered(address: SshAddress): DialFailure {
    return {
      where: formatAddress(address),
      address,
      reason: 'timeout',
      message: `did not answer within ${Math.round(options.timeoutMs / 100) / 10} s`,
    };
  }
}

/** Resolves when the first bytes have come, and leaves them in the socket. */
export function awaitGreeting(stream: Duplex, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      stream.off('data', onData).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    const onData = (chunk: Buffer) => {
      stop();
      stream.pause();
      stream.unshift(chunk);
      resolve();
    };
    const onClose = () => {
      stop();
      reject(new DialError('closed', 'closed the connection before it said anything'));
    };
    const onAbort = () => {
      stop();
      reject(new DialError('timeout', 'accepted the connection but said nothing'));
    };
    stream.on('data', onData).on('close', onClose);
    // Whoever has looked at it before has left it paused.
    stream.resume();
    signal.addEventListener('abort', onAbort);
  });
}

async function connectAndProve(
  ip: string,
  port: number,
  signal: AbortSignal,
  prove: StreamProof,
  wrap: StreamWrap = async (socket) => socket,
) {
  let socket: Duplex = await openSocket(ip, port, signal);
  try {
    socket = await wrap(socket as Socket, signal);
    await prove(socket, signal);
    return { socket };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function openSocket(ip: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connect({ host: withoutMapping(ip), port, noDelay: true });
    // Stays on the socket: an error between two owners must not end the process. Owners notice `close`.
    socket.on('error', () => undefined);
    const stop = () => {
      socket.off('connect', onConnect).off('error', onError);
      signal.removeEventListener('abort', onAbort);
    };
    const onConnect = () => {
      stop();
      resolve(socket);
    };
    const onError = (error: Error) => {
      stop();
      reject(toDialError(error));
    };
    const onAbort = () => {
      stop();
      socket.destroy();
      reject(signal.reason);
    };
    socket.on('connect', onConnect).on('error', onError);
    signal.addEventListener('abort', onAbort);
  });
}

function isAbort(error: unknown): boolean {
  return (error as { name?: unknown } | null)?.name === 'AbortError';
}

function toDialError(error: unknown): DialError {
  if (error instanceof DialError) return error;
  const { reason, message } = describeSocketError(error);
  return new DialError(reason, message);
}

/** Node cannot cancel a name lookup, so an abort only stops waiting for it. */
async function resolveHost(host: string, signal: AbortSignal, lookup: Lookup): Promise<string[]> {
  if (isAddress(host)) return [host];
  signal.throwIfAborted();
  const ips = await abortable(lookup(host), signal);
  if (ips.length === 0) throw new DialError('name-not-found', 'has no address in DNS');
  return interleaveFamilies(ips);
}

const systemLookup: Lookup = async (host) => {
  const found = await dns.promises.lookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

/** Nothing but an IPv6 address has a colon; to take one apart, Node's own check compiles an expression for several milliseconds. */
const isIPv6 = (address: string): boolean => address.includes(':');

const isAddress = (host: string): boolean => isIPv6(host) || isIPv4(host);

/** `::ffff:7f05:102` as the IPv4 address that it stands for, which is what is reached either way, and what Node opens sooner. */
function withoutMapping(ip: string): string {
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(ip) ?? [];
  if (high === undefined || low === undefined) return ip;
  return [high, low]
    .map((group) => parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** Alternates families, starting with the resolver's first: a broken family costs one stagger, not one per address. */
function interleaveFamilies(ips: string[]): string[] {
  const first = isIPv6(ips[0] ?? '');
  const same = ips.filter((ip) => isIPv6(ip) === first);
  const other = ips.filter((ip) => isIPv6(ip) !== first);
  return same
    .flatMap((ip, index) => (other[index] === undefined ? [ip] : [ip, other[index]]))
    .concat(other.slice(same.length));
}
