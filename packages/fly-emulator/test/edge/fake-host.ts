import { EventEmitter, once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { createVirtualClock } from '../../src/clock.js';
import type { EdgeAddress, EdgeHost, EdgeRoute } from '../../src/edge/edge-host.js';
import type { MachineInstance } from '../../src/runtime/machine-runtime.js';
import { createLink } from '../../src/streams/link.js';

/** A platform with nothing but machines that greet with their name and echo. */
export interface FakeHost extends EdgeHost {
  clock: ReturnType<typeof createVirtualClock>;
  logs: string[];
  wakes: string[];
  idled: string[];
  set(change: Partial<EdgeRoute> & { machineId: string }): void;
  remove(machineId: string): void;
  address(address: EdgeAddress): void;
  release(ip: string): void;
  /** What the next wakes do; by default the machine is started at once. */
  onWake: (machineId: string) => Promise<void>;
  onIdle: (machineId: string, mode: string) => Promise<void>;
  /** The machines keep their side open after the client has ended its own. */
  silent: boolean;
  /** Resolves when a silent machine has seen the end of a client. */
  ended(): Promise<void>;
  /** Ports on which the machines listen. */
  listening: Set<number>;
  /** Resolves when a log line matches. */
  said(pattern: RegExp): Promise<void>;
}

let nextPrefix = 1;

/** A loopback network of this test process alone. */
export function ownPrefix(): string {
  nextPrefix += 1;
  return `127.${100 + (process.pid % 100)}.${nextPrefix}`;
}

export function fakeHost(): FakeHost {
  const clock = createVirtualClock();
  const bus = new EventEmitter().setMaxListeners(0);
  const routes = new Map<string, EdgeRoute>();
  let addresses: EdgeAddress[] = [];
  const streams = new Map<string, Set<Duplex>>();
  // It does not say what has changed; the platform does.
  const changed = (): void => void bus.emit('change', null);

  const instance = (machineId: string): MachineInstance =>
    ({
      async connect(port: number) {
        if (!host.listening.has(port)) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
        const [near, far] = createLink();
        const set = streams.get(machineId) ?? new Set();
        streams.set(machineId, set.add(far));
        far.on('error', () => {});
        far.write(`${machineId}\n`);
        if (host.silent) far.resume().once('end', () => bus.emit('end'));
        else far.pipe(far);
        return near;
      },
    }) as unknown as MachineInstance;

  const host: FakeHost = {
    clock,
    logs: [],
    wakes: [],
    idled: [],
    silent: false,
    ended: async () => void (await once(bus, 'end')),
    listening: new Set([2222]),
    onWake: async (machineId) => host.set({ machineId, state: 'started' }),
    onIdle: async (machineId, mode) => host.set({ machineId, state: mode === 'suspend' ? 'suspended' : 'stopped' }),
    addresses: () => addresses,
    addressesOf: (app) => addresses.filter((address) => address.app === app),
    machineRoutes: (app, id) => host.routes(app).filter((route) => route.machineId === id),
    routes: (app) => (app === 'app' || app === 'other' ? [...routes.values()].filter((r) => appOf(r) === app) : []),
    onChange(listener) {
      bus.on('change', listener);
      return () => bus.off('change', listener);
    },
    instance: (_app, id) => (routes.get(id)?.state === 'started' ? instance(id) : null),
    wake(_app, id) {
      host.wakes.push(id);
      return host.onWake(id);
    },
    idle(_app, id, mode) {
      host.idled.push(`${id} ${mode}`);
      return host.onIdle(id, mode);
    },
    log(_app, id, message, code) {
      host.logs.push([code, id, message].filter(Boolean).join(' '));
      bus.emit('log');
    },
    set(change) {
      const known = routes.get(change.machineId);
      const fresh: EdgeRoute = {
        machineId: change.machineId,
        region: 'sjc',
        state: 'started',
        cordoned: false,
        protocol: 'tcp',
        internalPort: 2222,
        ports: [{ start: 10022, end: 10022, handlers: [] }],
        autostop: 'suspend',
        autostart: true,
        minMachinesRunning: 0,
        softLimit: 20,
      };
      const next = { ...(known ?? fresh), ...change };
      routes.set(change.machineId, next);
      if (next.state === 'stopped') for (const stream of streams.get(next.machineId) ?? []) stream.destroy();
      changed();
    },
    remove(machineId) {
      routes.delete(machineId);
      changed();
    },
    address(address) {
      addresses = [...addresses, address];
      changed();
    },
    release(ip) {
      addresses = addresses.filter((address) => address.ip !== ip);
      changed();
    },
    async said(pattern) {
      while (!host.logs.some((line) => pattern.test(line))) await once(bus, 'log');
    },
  };
  return host;
}

/** Machines whose id begins with `o` belong to the other app. */
function appOf(route: EdgeRoute): string {
  return route.machineId.startsWith('o') ? 'other' : 'app';
}

/** A client connection that remembers what it got. */
export interface TestClient {
  socket: net.Socket;
  /** The first line, which names the machine; `null` when the connection ends without one. */
  greeting: Promise<string | null>;
  ended: Promise<void>;
}

export function dial(host: string, port = 10022): TestClient {
  const socket = net.connect({ host, port, allowHalfOpen: true });
  let text = '';
  const greeting = new Promise<string | null>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    socket.once('close', () => resolve(null));
    socket.once('end', () => resolve(null));
  });
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.once('end', () => socket.end());
  return { socket, greeting, ended };
}
