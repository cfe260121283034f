import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { DialError } from './dial.js';
import { describeSocketError } from './errors.js';

/** TLS around an SSH connection, as a relay wants it that tells its servers apart by their names. */
export interface TlsSettings {
  /** Whom the certificate must be for. It is also what tells the relay where to go (SNI). */
  serverName: string;
  /** Certificates of the authorities that are trusted, PEM. Absent = those that Node trusts. */
  authorities?: string;
}

/**
 * Does the TLS handshake over a fresh connection. Rejects with a {@link DialError} that says what is wrong, or with the signal's reason; the
 * connection is closed then.
 */
export function secure(
  socket: Socket,
  { serverName, authorities }: TlsSettings,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const stream = connect({
      socket,
      servername: serverName,
      ...(authorities === undefined ? {} : { ca: authorities }),
    });
    const stop = () => {
      stream.off('secureConnect', onSecure).off('error', onError).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    const give = (error: unknown) => {
      stop();
      // Stays on the stream: an error between two owners must not end the process. Owners notice `close`.
      stream.on('error', () => undefined);
      stream.destroy();
      socket.destroy();
      reject(error);
    };
    const onSecure = () => {
      stop();
      stream.on('error', () => undefined);
      resolve(stream);
    };
    const onError = (error: NodeJS.ErrnoException) => give(explain(error, serverName));
    const onClose = () => give(new DialError('closed', 'closed the connection during the TLS handshake'));
    const onAbort = () => give(signal.reason);
    stream.on('secureConnect', onSecure).on('error', onError).on('close', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}

function explain(error: NodeJS.ErrnoException, serverName: string): DialError {
  const code = error.code ?? '';
  const told = CERTIFICATE[code];
  if (told !== undefined) return new DialError('certificate', told.replace('%', serverName));
  if (/^ERR_SSL_|^EPROTO$/.test(code)) {
    return /WRONG_VERSION_NUMBER|PACKET_LENGTH/.test(code)
      ? new DialError('not-ssh', 'answered, but does not speak TLS')
      : new DialError('closed', `refused the TLS handshake for ${serverName}`);
  }
  const { reason, message } = describeSocketError(error);
  return new DialError(reason, message);
}

const UNKNOWN_AUTHORITY =
  'showed a certificate of an authority that this computer does not trust: something on the way opens TLS';
const CLOCK = 'or the clock of this computer is wrong';

/** What OpenSSL and Node say of a certificate, in words. */
const CERTIFICATE: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  CERT_SIGNATURE_FAILURE: UNKNOWN_AUTHORITY,
  CERT_UNTRUSTED: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: `showed a TLS certificate that has expired, ${CLOCK}`,
  CERT_NOT_YET_VALID: `showed a TLS certificate that is not valid yet, ${CLOCK}`,
  ERR_TLS_CERT_ALTNAME_INVALID: 'showed a TLS certificate that is not for %',
};
