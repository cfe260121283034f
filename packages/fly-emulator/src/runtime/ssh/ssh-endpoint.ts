import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server, type AuthContext, type Connection } from 'ssh2';
import { joinStreams } from '../../streams/join-streams.js';
import { serveForwarding } from './forwarding.js';
import { halfOpen } from './half-open-channel.js';
import type { LoginCheck } from './login.js';
import type { MachineSockets } from './machine-sockets.js';
import { serveSession, type SessionServices } from './session-channel.js';

export interface SshEndpointOptions extends SessionServices {
  /** The ed25519 host key, OpenSSH private key text. */
  hostKeyPem: string;
  /** Who may log in. */
  login: LoginCheck;
  /** How the server names itself. Default: an OpenSSH. */
  ident?: string;
  /** Where `direct-tcpip` forwards to: a port inside the machine. Without it forwarding is refused. */
  forward?: (port: number) => Promise<Duplex>;
  /** Where `-R`, Unix sockets and the client's agent are served. Without it they are refused. */
  sockets?: MachineSockets;
  /** A line as sshd logs it. */
  log?: (message: string) => void;
  /** Refused keys after which the client is sent away. Default 6, as OpenSSH. */
  maxAuthTries?: number;
  /** How long a client may take to log in, in milliseconds. Default two minutes, as OpenSSH. */
  loginGraceMs?: number;
  /** Sessions on one connection. Default 10, as OpenSSH. */
  maxSessions?: number;
}

export interface SshEndpoint {
  /** Serves one client connection. */
  accept(stream: Duplex): void;
  /** Drops all connections; their processes get HUP. */
  close(): void;
}

/** OpenSSH's order of symlink arguments and packet sizes is what clients choose when they see this name. */
const IDENT = 'OpenSSH_9.6p1 fly-emulator';
/** What OpenSSH offers of today; ssh2 would add SHA-1. */
const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const;
const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '::1', '0.0.0.0', '::', '']);
/** As the Sindri image sets ClientAliveInterval. Lost clients are noticed by their stream; this only keeps middle boxes awake. */
const KEEPALIVE_INTERVAL_MS = 60_000;
const LOGIN_GRACE_MS = 120_000;

/** An SSH server for one machine, on streams that others accept: public keys only, sessions, sftp, forwarding. */
export function createSshEndpoint(options: SshEndpointOptions): SshEndpoint {
  const streams = new Set<Duplex>();
  const graces = new WeakMap<Duplex, NodeJS.Timeout>();
  const loggedIn = (stream: Duplex): void => clearTimeout(graces.get(stream));
  const server = new Server(
    {
      hostKeys: [options.hostKeyPem],
      ident: options.ident ?? IDENT,
      algorithms: { hmac: [...MACS] },
      keepaliveInterval: KEEPALIVE_INTERVAL_MS,
      // A frozen machine does not answer, and must find its connections alive when it wakes.
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    },
    (connection) => {
      connection.once('ready', () => loggedIn(streamOf(connection)));
      serveConnection(connection, options);
    },
  );
  return {
    accept(stream) {
      streams.add(stream);
      // ssh2 tells of a connection only when the client has said something.
      const grace = setTimeout(() => {
        options.log?.('fatal: Timeout before authentication');
        stream.destroy();
      }, options.loginGraceMs ?? LOGIN_GRACE_MS).unref();
      graces.set(stream, grace);
      stream.once('close', () => {
        clearTimeout(grace);
        streams.delete(stream);
      });
      stream.on('error', () => stream.destroy());
      // ssh2 leaves its side open after the client has ended its own.
      stream.once('end', () => stream.end());
      // ssh2 asks for a socket and uses what every duplex stream has.
      server.injectSocket(stream as unknown as Socket);
    },
    close() {
      for (const stream of [...streams]) stream.destroy();
    },
  };
}

/** ssh2 keeps the stream that it was given in this field and shows it nowhere else. */
function streamOf(connection: Connection): Duplex {
  return (connection as unknown as { _sock: Duplex })._sock;
}

function serveConnection(connection: Connection, options: SshEndpointOptions): void {
  const sessions = new Set<{ hangUp(): void }>();
  const forwards = new Set<Duplex>();
  const maxSessions = options.maxSessions ?? 10;
  const forwarding = serveForwarding(connection, options.sockets);
  connection.on('error', () => {});
  let user = '';
  connection.on(
    'authentication',
    authenticator(connection, options, (admitted) => (user = admitted)),
  );
  connection.on('session', (accept, reject) => {
    if (sessions.size >= maxSessions) {
      options.log?.(`error: no more sessions`);
      return reject();
    }
    const session = accept();
    const served = serveSession(session, options, forwarding, user);
    sessions.add(served);
    session.once('close', () => sessions.delete(served));
  });
  connection.on('tcpip', (accept, reject, info) => {
    if (!options.forward || !LOCAL_NAMES.has(info.destIP)) return reject();
    options.forward(info.destPort).then(
      (target) => {
        const channel = accept();
        if (!channel) return target.destroy();
        forwards.add(target);
        joinStreams(halfOpen(channel), target, () => forwards.delete(target));
      },
      () => reject(),
    );
  });
  // Channels of a lost connection say nothing when their input is held back, so the connection tells.
  connection.once('close', () => {
    for (const session of sessions) session.hangUp();
    sessions.clear();
    for (const target of forwards) target.destroy();
    forwarding.close();
  });
}

/** Judges login attempts, and sends away whoever makes too many. `admitted` is told who has come in. */
function authenticator(
  connection: Connection,
  options: SshEndpointOptions,
  admitted: (user: string) => void,
): (attempt: AuthContext) => void {
  const maxTries = options.maxAuthTries ?? 6;
  let failures = 0;
  return (attempt) => {
    if (attempt.method === 'publickey') {
      const { username: user, key, signature, blob, hashAlgo: hash } = attempt;
      const proof = signature && blob ? { proof: { signed: blob, signature, hash } } : {};
      const verdict = options.login({ user, algorithm: key.algo, key: key.data, ...proof });
      if (verdict.log !== undefined) options.log?.(verdict.log);
      if (verdict.admitted) {
        admitted(user);
        return attempt.accept();
      }
    }
    attempt.reject(['publickey']);
    if (attempt.method !== 'none') failures += 1;
    if (failures >= maxTries) {
      options.log?.('error: maximum authentication attempts exceeded [preauth]');
      connection.end();
    }
  };
}
