import type { Duplex } from 'node:stream';
import type { EdgeHost, EdgeRoute } from './edge-host.js';
import { pickMachine } from './machine-picker.js';
import type { MachineLoad } from './machine-load.js';
import { routesTo } from './port-routes.js';

/** A machine that has taken a connection. */
export interface RoutedConnection {
  machineId: string;
  stream: Duplex;
}

/** Brings connections to machines, waking them where needed. */
export interface ConnectionRouter {
  /**
   * Finds a machine for a connection to `port` and connects to it; waits while it wakes. Resolves with `null`, having said why in
   * the app's log, when there is none. `take` is called with each machine that is tried, and its result when the try is over.
   */
  route(app: string, port: number, take: (machineId: string) => () => void): Promise<RoutedConnection | null>;
  /** Gives up on everything that waits. */
  close(): void;
}

/** How long the edge holds a client while machines are on their way. */
const HOLD_MS = 60_000;
/** A machine that has just come up may not listen yet. */
const YOUNG_MS = 10_000;
const CONNECT_PAUSE_MS = 250;
/** A machine that has just gone down cannot be started at once. */
const WAKE_TRIES = 20;
const WAKE_PAUSE_MS = 500;

export function createConnectionRouter(host: EdgeHost, load: MachineLoad): ConnectionRouter {
  const waking = new Map<string, Promise<void>>();
  const waiting = new Set<() => void>();
  let closed = false;

  /** Resolves at the next change, with `false` after `ms` or when the edge closes. */
  const changed = (ms: number): Promise<boolean> =>
    new Promise((resolve) => {
      const end = (result: boolean) => (): void => {
        off();
        cancel();
        waiting.delete(giveUp);
        resolve(result);
      };
      const giveUp = end(false);
      const off = host.onChange(end(true));
      const cancel = host.clock.after(ms, giveUp);
      waiting.add(giveUp);
    });

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        cancel();
        waiting.delete(end);
        resolve();
      };
      const cancel = host.clock.after(ms, end);
      waiting.add(end);
    });

  /** Wakes a machine once for all who wait for it, and waits until it is up. */
  const wake = (app: string, route: EdgeRoute): Promise<void> => {
    const known = waking.get(route.machineId);
    if (known) return known;
    const started = host.clock.now();
    host.log(app, route.machineId, 'Starting machine');
    const attempt = (async () => {
      await host.wake(app, route.machineId);
      while (host.instance(app, route.machineId) === null) {
        const left = started + HOLD_MS - host.clock.now();
        if (closed || left <= 0 || !(await changed(left))) throw new WakeTimeout();
      }
      host.log(app, route.machineId, `machine started in ${host.clock.now() - started}ms`);
    })().finally(() => waking.delete(route.machineId));
    waking.set(route.machineId, attempt);
    return attempt;
  };

  const connect = async (app: string, route: EdgeRoute): Promise<Duplex | 'gone' | 'refused'> => {
    for (;;) {
      const instance = host.instance(app, route.machineId);
      if (!instance || closed) return 'gone';
      try {
        return await instance.connect(route.internalPort);
      } catch (error) {
        if (host.instance(app, route.machineId) === null) return 'gone';
        if (load.upMs(route.machineId) >= YOUNG_MS) {
          host.log(app, route.machineId, connectProblem(route.internalPort, error), 'PC01');
          return 'refused';
        }
        await pause(CONNECT_PAUSE_MS);
      }
    }
  };

  return {
    async route(app, port, take) {
      const gaveUp = new Set<string>();
      const deadline = host.clock.now() + HOLD_MS;
      let wakeTries = 0;
      while (!closed) {
        const choice = pickMachine(routesTo(host, app, port), {
          isUp: (route) => host.instance(app, route.machineId) !== null,
          load: (route) => load.count(route.machineId),
          gaveUp: (route) => gaveUp.has(route.machineId),
        });
        if (choice.kind === 'none') {
          host.log(app, null, noMachine(port, gaveUp.size), gaveUp.size === 0 ? 'PR01' : 'PR04');
          return null;
        }
        if (choice.kind === 'wait') {
          if (await changed(deadline - host.clock.now())) continue;
          if (!closed) host.log(app, choice.route.machineId, new WakeTimeout().message, 'PM03');
          return null;
        }
        const release = take(choice.route.machineId);
        if (choice.kind === 'wake') {
          const problem = await wake(app, choice.route).then(
            () => null,
            (error: unknown) => ({ error }),
          );
          if (problem) {
            release();
            if (closed) return null;
            logWakeProblem(host, app, choice.route.machineId, problem.error);
            wakeTries += 1;
            if (isTooEarly(problem.error) && wakeTries < WAKE_TRIES) await pause(WAKE_PAUSE_MS);
            else gaveUp.add(choice.route.machineId);
            continue;
          }
        }
        const stream = await connect(app, choice.route);
        if (stream !== 'gone' && stream !== 'refused') return { machineId: choice.route.machineId, stream };
        release();
        if (stream === 'refused') gaveUp.add(choice.route.machineId);
      }
      return null;
    },
    close() {
      closed = true;
      for (const giveUp of [...waiting]) giveUp();
    },
  };
}

class WakeTimeout extends Error {
  constructor() {
    super('could not wake up machine due to a timeout requesting from the machines API');
  }
}

/** "Precondition failed": the machine's last step is not quite over. A lease (409) does not go away by waiting a little. */
function isTooEarly(error: unknown): boolean {
  return (error as { httpStatus?: unknown } | null)?.httpStatus === 412;
}

/** Texts as Fly's proxy logs them; their codes are what its documentation explains. */
function logWakeProblem(host: EdgeHost, app: string, machineId: string, error: unknown): void {
  if (error instanceof WakeTimeout) return host.log(app, machineId, error.message, 'PM03');
  const message = error instanceof Error ? error.message : String(error);
  host.log(app, machineId, `machines API returned an error: "${message}"`, 'PM01');
}

function connectProblem(port: number, error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== 'ECONNREFUSED') return `could not connect to port ${port} of the machine: ${String(error)}`;
  return (
    `instance refused connection. is your app listening on 0.0.0.0:${port}? ` +
    'make sure it is not only listening on 127.0.0.1 (hint: look at your startup logs, servers often print the address they are listening on)'
  );
}

function noMachine(port: number, tried: number): string {
  const route = `no known healthy instances found for route tcp/${port}. (hint: is your app shut down? is autostart off?)`;
  return tried === 0
    ? route
    : `could not find a good candidate within ${tried} attempts at load balancing. last error: ${route}`;
}
