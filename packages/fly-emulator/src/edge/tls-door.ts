import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import type { ServerCertificate } from '../tls/certificate-authority.js';
import type { EdgePlace } from './place-index.js';

/** Where the edge ends TLS for its machines. */
export interface TlsDoor {
  /**
   * Does the handshake with a client that has come to a place, with a certificate of the app that it names (`my-app.fly.dev`, SNI); on
   * an address that one app has for itself it may name any, or none. Resolves with the deciphered connection and its app, or with `null`
   * when nothing comes of it: the client then has its alert.
   */
  accept(socket: Socket, place: EdgePlace): Promise<{ stream: TLSSocket; app: string } | null>;
}

/** Of the platform's own host names. */
const DOMAIN = '.fly.dev';

/**
 * @param certificate for these names
 * @param limit arms the time after which a handshake is not waited for any more; returns the way to disarm it
 */
export function createTlsDoor(
  certificate: (names: readonly string[]) => ServerCertificate,
  limit: (giveUp: () => void) => () => void,
): TlsDoor {
  const contexts = new WeakMap<ServerCertificate, SecureContext>();
  const contextFor = (app: string): SecureContext => {
    const made = certificate([`${app}${DOMAIN}`]);
    const context = contexts.get(made) ?? createSecureContext(made);
    contexts.set(made, context);
    return context;
  };

  return {
    accept(socket, place) {
      const [first = ''] = place.apps;
      // Nobody but the name tells the app on an address that many share.
      let app = place.shared ? null : first;
      const stream = new TLSSocket(socket, {
        isServer: true,
        secureContext: contextFor(first),
        SNICallback(name, done) {
          const named = name.toLowerCase().endsWith(DOMAIN) ? name.toLowerCase().slice(0, -DOMAIN.length) : null;
          if (named !== null && place.apps.has(named)) app = named;
          if (app === null) done(new Error(`${name} is no app of this address`));
          else done(null, contextFor(app));
        },
      });
      return new Promise((resolve) => {
        const finish = (isDone: boolean): void => {
          disarm();
          if (isDone && app !== null) return resolve({ stream, app });
          stream.destroy();
          resolve(null);
        };
        const disarm = limit(() => finish(false));
        stream.on('error', () => finish(false));
        stream.once('close', () => finish(false));
        stream.once('secure', () => finish(true));
      });
    },
  };
}
