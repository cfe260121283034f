import type { Socket } from 'node:net';
import { joinStreams } from '../streams/join-streams.js';
import type { ServerCertificate } from '../tls/certificate-authority.js';
import { createConnectionRouter } from './connection-router.js';
import type { EdgeChange, EdgeHost } from './edge-host.js';
import { endWhenHalfOpen } from './half-open.js';
import { appOfHost, readHttpHead } from './http-host.js';
import { watchIdleMachines } from './idle-watch.js';
import { createListeners } from './listeners.js';
import { createMachineLoad } from './machine-load.js';
import { createPlaceIndex, type EdgePlace } from './place-index.js';
import { createTlsDoor } from './tls-door.js';

export interface EdgeOptions {
  host: EdgeHost;
  /** Key and certificate for a server with these host names. */
  certificate: (names: readonly string[]) => ServerCertificate;
  /** How long a machine must have been without connections before it is stopped or suspended. */
  idleTimeoutMs: number;
  /** Time between two looks for idle machines. Default: a fifth of the idle time, between 100 ms and one minute. */
  checkIntervalMs?: number;
  /** Connections at once to all machines together; further ones are closed. Default: 4096. */
  maxConnections?: number;
}

/** Connections at once, and times in milliseconds. */
const MAX_CONNECTIONS = 4096;
const HALF_OPEN_MS = 60_000;
const HEAD_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;

/** The proxy in front of all machines. */
export interface Edge {
  /** Resolves when every address and port of this moment is listened on. Rejects with the system's code (`EADDRINUSE`). */
  ready(): Promise<void>;
  /** Brings down what nobody is connected to, as if its idle time were over. Resolves once that is done. */
  passIdleTime(): Promise<void>;
  /** Closes all listeners and connections. */
  stop(): Promise<void>;
}

/** States in which nothing of a machine's earlier connections is left. A suspended machine believes them alive. */
const CONNECTIONLESS = new Set(['created', 'stopped', 'failed', 'destroyed', 'replaced']);
/** TLS alert "handshake failure": what a client shows as such, instead of a bare end. */
const TLS_REFUSAL = Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28]);

/** Fly's edge on loopback addresses: raw TCP, plain HTTP and what comes inside TLS, to machines, waking and idling them. Starts at once. */
export function createEdge(options: EdgeOptions): Edge {
  const { host, idleTimeoutMs, maxConnections = MAX_CONNECTIONS } = options;
  const load = createMachineLoad(() => host.clock.now());
  const router = createConnectionRouter(host, load);
  const clients = new Set<Socket>();
  const tls = createTlsDoor(options.certificate, (giveUp) => host.clock.after(HEAD_MS, giveUp));

  const listeners = createListeners<EdgePlace>({
    onConnection(socket, place) {
      if (clients.size >= maxConnections) return refuse(socket, place);
      // A computer that went away (a suspended virtual machine, say) is noticed by the system.
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      clients.add(socket);
      socket.once('close', () => {
        clients.delete(socket);
        isFull = false;
      });
      socket.on('error', () => {});
      void serve(socket, place);
    },
    onFailure({ address, port, code }, place) {
      for (const app of place.apps) host.log(app, null, listenProblem(address, port, code), code);
    },
  });

  /** Told once for as long as there are too many. */
  let isFull = false;
  const refuse = (socket: Socket, place: EdgePlace): void => {
    socket.destroy();
    if (isFull) return;
    isFull = true;
    const [app] = place.apps;
    if (app !== undefined) host.log(app, null, `the edge has ${maxConnections} connections and takes no more`);
  };

  const serve = async (socket: Socket, place: EdgePlace): Promise<void> => {
    const [first] = place.apps;
    if (first === undefined) return void socket.destroy();
    const handlers = place.handlers();
    if (handlers.has('pg_tls')) {
      host.log(first, null, `PostgreSQL's TLS on port ${place.port} is not modelled by the emulator`);
      socket.end(TLS_REFUSAL, () => socket.destroy());
      return;
    }
    if (handlers.has('tls')) {
      const accepted = await tls.accept(socket, place);
      if (accepted) await forward(accepted.stream, accepted.app, place.port);
      return;
    }
    if (!place.shared) return forward(socket, first, place.port);
    if (!handlers.has('http')) {
      // Nothing in raw TCP tells the app, so Fly cannot serve it on an address that many share.
      for (const app of place.apps) {
        host.log(app, null, `raw TCP on port ${place.port} needs a dedicated address: ${place.ip} is a shared IPv4`);
      }
      socket.destroy();
      return;
    }
    const head = await readHttpHead(socket, (giveUp) => host.clock.after(HEAD_MS, giveUp));
    const app = appOfHost(head?.host ?? null);
    if (!head || app === null || !place.apps.has(app)) {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    socket.unshift(head.bytes);
    await forward(socket, app, place.port);
  };

  const forward = async (socket: Socket, app: string, port: number): Promise<void> => {
    let release = (): void => {};
    const routed = await router.route(app, port, (machineId) => (release = load.take(machineId, socket)));
    if (!routed) return void socket.destroy();
    if (socket.destroyed) {
      routed.stream.on('error', () => {});
      routed.stream.destroy();
      release();
      return;
    }
    joinStreams(socket, routed.stream, release);
    endWhenHalfOpen(host.clock, socket, routed.stream, HALF_OPEN_MS);
  };

  const lookAtMachine = (app: string, machineId: string): void => {
    const [route] = host.machineRoutes(app, machineId);
    load.see(machineId, host.instance(app, machineId) !== null);
    if (CONNECTIONLESS.has(route?.state ?? 'destroyed')) load.breakOff(machineId);
  };
  const lookAtAllMachines = (): void => {
    const gone = load.known();
    for (const app of new Set(host.addresses().map((address) => address.app))) {
      for (const { machineId } of host.routes(app)) {
        gone.delete(machineId);
        lookAtMachine(app, machineId);
      }
    }
    for (const machineId of gone) {
      load.see(machineId, false);
      load.breakOff(machineId);
    }
  };

  const index = createPlaceIndex(host);
  let following: Promise<void> = Promise.resolve();
  let asked = false;
  const follow = (change: EdgeChange | null): void => {
    index.refresh(change);
    if (change === null) lookAtAllMachines();
    else if (change.machine !== undefined) lookAtMachine(change.app, change.machine);
    if (asked) return;
    asked = true;
    following = following.then(() => {
      asked = false;
      return listeners.follow(index.takeChanges());
    });
  };
  const off = host.onChange(follow);
  follow(null);
  const idle = watchIdleMachines(host, load, {
    idleTimeoutMs,
    checkIntervalMs: options.checkIntervalMs ?? Math.min(Math.max(idleTimeoutMs / 5, 100), 60_000),
  });

  return {
    async ready() {
      for (let seen: Promise<void> | null = null; seen !== following;) await (seen = following);
      const [failure] = listeners.failures();
      if (!failure) return;
      const { address, port, code } = failure;
      throw Object.assign(new Error(listenProblem(address, port, code)), { code });
    },
    passIdleTime: () => idle.passIdleTime(),
    async stop() {
      off();
      idle.stop();
      router.close();
      await following;
      await listeners.close();
      for (const client of clients) client.destroy();
    },
  };
}

function listenProblem(address: string, port: number, code: string): string {
  const what = `the edge cannot listen on ${address}:${port} (${code})`;
  if (code === 'EADDRINUSE') return `${what}: another program does`;
  if (code === 'EACCES') return `${what}: ports below 1024 need a privilege on this computer`;
  if (code === 'EADDRNOTAVAIL' && process.platform === 'darwin') {
    return `${what}: add the address first: sudo ifconfig lo0 alias ${address}`;
  }
  return what;
}
