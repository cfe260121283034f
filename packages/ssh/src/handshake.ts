import type { Duplex } from 'node:stream';
import type { SindriError } from '@sindri/core';
import type { AnyAuthMethod, AuthHandlerMiddleware, Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { KeyOffers } from './auth.js';
import { closed, handshakeFailed } from './errors.js';
import { judgeHostKey } from './host-keys.js';
import { publicKeyType } from './public-keys.js';
import { signAsCertified } from './ssh2-internals.js';
import { loadSsh2 } from './ssh2-library.js';

/** What ssh2 can verify, in the order in which it would ask. */
const HOST_KEY_ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

export interface HandshakeOptions {
  socket: Duplex;
  user: string;
  offers: KeyOffers;
  /** Normalised, not empty; `null` where the stream itself proves who answers. */
  pins: readonly string[] | null;
  forwardAgent: string | undefined;
  keepaliveIntervalMs: number;
  /** A server misses this many keepalives in a row before the connection counts as dead. */
  keepaliveMisses: number;
  /** For people: whom we talk to. */
  where: string;
  /** Aborted on cancel and at the deadline: the handshake is given up. */
  signal: AbortSignal;
  onAuthenticate(): void;
}

/** Runs the SSH handshake and the login over a connected socket. On failure the socket is destroyed. */
export function handshake(options: HandshakeOptions): Promise<Client> {
  const { socket, offers, pins, where, signal } = options;
  const client = new (loadSsh2().Client)();
  client.setMaxListeners(0);
  let authenticating = false;
  let mismatch: SindriError | null = null;

  return new Promise((resolve, reject) => {
    const give = (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      client.off('ready', onReady).off('close', onClose).off('error', onError);
      // ssh2 may report more while it goes down.
      client.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onAbort = () => give(signal.reason);
    const onReady = () => {
      signal.removeEventListener('abort', onAbort);
      client.off('close', onClose).off('error', onError);
      resolve(client);
    };
    const onError = (error: Error & { level?: string; code?: unknown }) => {
      // The agent refused to sign with one key: ssh2 goes on with the next.
      if (error.level === 'agent' || /^Error (?:while )?signing/.test(error.message)) return;
      if (mismatch !== null) give(mismatch);
      else if (error.level === 'client-authentication') give(offers.failure(where));
      else if (authenticating && typeof error.code === 'number') give(offers.failure(where));
      else if (error.level === 'handshake') give(handshakeFailed(`${error.message}.`, error));
      else give(brokeOff(error));
    };
    const onClose = () => give(offers.refused > 0 ? offers.failure(where) : brokeOff());
    const brokeOff = (cause?: Error) =>
      closed(
        `The server at ${where} closed the connection during the ${authenticating ? 'login' : 'SSH handshake'}` +
          `${cause === undefined ? '' : ` (${cause.message})`}.`,
        { cause },
      );

    if (signal.aborted) return give(signal.reason);
    signal.addEventListener('abort', onAbort);
    client.on('ready', onReady).on('close', onClose).on('error', onError);
    client.once('handshake', () => {
      authenticating = true;
      options.onAuthenticate();
    });
    // ssh2 leaves a socket without a peer half open.
    client.on('end', () => socket.destroy());
    const verify = (shown: Buffer) => {
      mismatch = pins === null ? null : judgeHostKey(shown, pins, where);
      return mismatch === null;
    };
    try {
      client.connect(configOf(options, verify));
      signAsCertified(client);
    } catch (error) {
      give(handshakeFailed(error instanceof Error ? `${error.message}.` : 'it could not start.', error));
    }
  });
}

function configOf(options: HandshakeOptions, verify: (shown: Buffer) => boolean): ConnectConfig {
  const { socket, user, offers, pins, forwardAgent, keepaliveIntervalMs, keepaliveMisses } = options;
  const next = (methodsLeft: string[] | null): AnyAuthMethod | false => offers.next(methodsLeft);
  return {
    sock: socket as ConnectConfig['sock'],
    username: user,
    hostVerifier: verify,
    // The types know only the callback; returning the method is documented as well.
    authHandler: next as unknown as AuthHandlerMiddleware,
    algorithms: { serverHostKey: preferPinned(pins ?? []) },
    // Lent to sessions that ask for it; logging in goes by the offers alone.
    ...(forwardAgent === undefined ? {} : { agent: forwardAgent }),
    keepaliveInterval: keepaliveIntervalMs,
    keepaliveCountMax: keepaliveMisses,
    // Deadlines are ours.
    readyTimeout: 0,
  };
}

/**
 * Asks for the pinned kinds of host key first: a server with several shows one that can be checked. The other kinds stay in the
 * list, so that a server without the pinned one shows a key whose fingerprint the error can tell.
 */
function preferPinned(pins: readonly string[]): ServerHostKeyAlgorithm[] {
  const types = new Set(pins.map(publicKeyType));
  const isPinned = (algorithm: string) => types.has(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return [...HOST_KEY_ALGORITHMS.filter(isPinned), ...HOST_KEY_ALGORITHMS.filter((name) => !isPinned(name))];
}
