import { SindriError, type JsonObject, type SindriErrorOptions } from '@sindri/core';
import type { SshAddress } from './addresses.js';
import { sshError } from './ssh-error.js';

/**
 * Every code that this package raises.
 *
 * - `SSH_UNREACHABLE` (transport): no address gave a connection, or an SSH banner, in time.
 * - `SSH_HANDSHAKE_FAILED` (transport): there is an SSH server, but no common protocol.
 * - `SSH_HOST_KEY_MISMATCH` (policy): the server's host key is not one of the pinned keys, or nothing is pinned.
 * - `SSH_AUTH_FAILED` (auth): none of the offered keys was accepted, or there was none to offer.
 * - `SSH_CLOSED` (transport): the connection ended before the work did.
 * - `SSH_CHANNEL_REFUSED` (refused): the server refused a session or a forwarding.
 * - `SSH_FILE_REFUSED` (refused): the server would not read or write a file; `details.reason` says why.
 * - `SSH_KEY_UNUSABLE` (usage): a key file of this environment exists but cannot be read.
 * - `SSH_AGENT_UNAVAILABLE` (usage): an agent is to be forwarded, and there is none.
 * - `SSH_ALIAS_INVALID` (internal): a host key alias that no known_hosts file can hold.
 */
export type SshErrorCode =
  | 'SSH_UNREACHABLE'
  | 'SSH_HANDSHAKE_FAILED'
  | 'SSH_HOST_KEY_MISMATCH'
  | 'SSH_AUTH_FAILED'
  | 'SSH_CLOSED'
  | 'SSH_CHANNEL_REFUSED'
  | 'SSH_FILE_REFUSED'
  | 'SSH_KEY_UNUSABLE'
  | 'SSH_AGENT_UNAVAILABLE'
  | 'SSH_ALIAS_INVALID';

/** Why one address gave no connection. */
export type DialFailureReason =
  'refused' | 'timeout' | 'closed' | 'name-not-found' | 'not-ssh' | 'unreachable' | 'certificate';

/** What happened at one address. */
export interface DialFailure {
  /** For people: `[2001:db8::1]:10022`. */
  where: string;
  /** `null` where there are no addresses to choose from: a tunnel, a proxy. */
  address: SshAddress | null;
  reason: DialFailureReason;
  /** For people, without the address. */
  message: string;
}

/** `SSH_UNREACHABLE`, for code of this package and of connection methods: with what happened at each address. */
export class UnreachableError extends SindriError {
  readonly failures!: readonly DialFailure[];

  constructor(options: SindriErrorOptions, failures: readonly DialFailure[]) {
    super(options);
    Object.defineProperty(this, 'failures', { value: failures, enumerable: false });
  }
}

/** `alsoTry` is added to the hint. */
export function unreachable(
  failures: readonly DialFailure[],
  options: { summary?: string; hint?: string; alsoTry?: string } = {},
): UnreachableError {
  const list = failures.map((failure) => `${failure.where} ${failure.message}`).join('; ');
  const summary =
    options.summary ??
    (failures.length === 0 ? 'There is no address to connect to' : 'No SSH connection could be made');
  const hint =
    options.hint ??
    'Check that the environment is running, that its SSH port is open, and that this network lets the connection through.';
  return new UnreachableError(
    {
      code: 'SSH_UNREACHABLE',
      kind: 'transport',
      message: list === '' ? `${summary}.` : `${summary}: ${list}.`,
      hint: options.alsoTry === undefined ? hint : `${hint} ${options.alsoTry}`,
      retryable: true,
      details: {
        addresses: failures.map(({ where, address, reason, message }) => ({
          host: address?.host ?? where,
          port: address?.port ?? null,
          reason,
          message,
        })),
      },
    },
    failures,
  );
}

export function handshakeFailed(message: string, cause?: unknown) {
  return sshError({
    code: 'SSH_HANDSHAKE_FAILED',
    kind: 'transport',
    message: `The SSH handshake failed: ${message}`,
    cause,
  });
}

export function closed(message: string, options: { cause?: unknown; details?: JsonObject; hint?: string } = {}) {
  return sshError({
    code: 'SSH_CLOSED',
    kind: 'transport',
    message,
    hint: options.hint,
    retryable: true,
    details: options.details,
    cause: options.cause,
  });
}

export function channelRefused(message: string, cause?: unknown) {
  return sshError({ code: 'SSH_CHANNEL_REFUSED', kind: 'refused', message, cause });
}

/** `error.code` of a system error, in words. */
export function describeSocketError(error: unknown): { reason: DialFailureReason; message: string } {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return { reason: 'refused', message: 'refused the connection' };
    case 'ECONNRESET':
    case 'EPIPE':
      return { reason: 'closed', message: 'reset the connection' };
    case 'ETIMEDOUT':
      return { reason: 'timeout', message: 'did not answer' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENODATA':
      return { reason: 'name-not-found', message: 'has no address in DNS' };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return { reason: 'unreachable', message: 'cannot be reached from this network' };
    default:
      // It stands among others in a sentence.
      return {
        reason: 'unreachable',
        message: error instanceof Error ? `failed: ${error.message.replace(/\.$/, '')}` : 'failed',
      };
  }
}
