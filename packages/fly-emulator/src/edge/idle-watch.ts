import { setTimeout } from 'node:timers/promises';
import type { EdgeHost, EdgeRoute } from './edge-host.js';
import { chooseIdle, mergeServices, type RunningMachine } from './idle-rule.js';
import type { MachineLoad } from './machine-load.js';

/** Someone who looks after idle machines. */
export interface IdleWatch {
  /** Brings down what nobody is connected to, as if its idle time were over. Resolves once that is done. */
  passIdleTime(): Promise<void>;
  stop(): void;
}

/** So long a connection that its client has just closed may still be counted. */
const CLOSING_MS = 500;
const LOOK_MS = 20;

/** Looks for idle machines every `checkIntervalMs` and brings them down. */
export function watchIdleMachines(
  host: EdgeHost,
  load: MachineLoad,
  options: { idleTimeoutMs: number; checkIntervalMs: number },
): IdleWatch {
  const underway = new Set<string>();
  let cancel = (): void => {};

  /** Resolves with whether it is down. */
  const bringDown = async (app: string, choice: ReturnType<typeof chooseIdle>[number]): Promise<boolean> => {
    const verb = choice.mode === 'suspend' ? 'autosuspending' : 'autostopping';
    const left = `${choice.running - 1} out of ${choice.running} machines left running`;
    host.log(
      app,
      choice.machineId,
      `App ${app} has excess capacity, ${verb} machine ${choice.machineId}. ${left} (region=${choice.region}, process group=app)`,
    );
    underway.add(choice.machineId);
    try {
      await host.idle(app, choice.machineId, choice.mode);
      return true;
    } catch (error) {
      // Another holds a lease, or the machine changed state: the next pass looks again.
      host.log(app, choice.machineId, `machines API returned an error: "${messageOf(error)}"`, 'PM01');
      return false;
    } finally {
      underway.delete(choice.machineId);
    }
  };

  /** One pass over all apps; what it has begun. */
  const passWith = (idleTimeoutMs: number): Promise<boolean>[] =>
    [...new Set(host.addresses().map((address) => address.app))].flatMap((app) => {
      const routes = host.routes(app);
      const primaryRegion = routes[0]?.region ?? '';
      return chooseIdle(runningMachines(host, app, routes, load), primaryRegion, idleTimeoutMs)
        .filter(({ machineId }) => !underway.has(machineId))
        .map((choice) => bringDown(app, choice));
    });
  const pass = (): void => {
    for (const begun of passWith(options.idleTimeoutMs)) void begun;
    cancel = host.clock.after(options.checkIntervalMs, pass);
  };
  cancel = host.clock.after(options.checkIntervalMs, pass);
  return {
    async passIdleTime() {
      const isBusy = (): boolean => [...load.known()].some((machine) => load.count(machine) > 0);
      for (let waitedMs = 0; ;) {
        if ((await Promise.all(passWith(0))).includes(true)) continue;
        if (!isBusy() || waitedMs >= CLOSING_MS) return;
        await setTimeout(LOOK_MS);
        waitedMs += LOOK_MS;
      }
    },
    stop: () => cancel(),
  };
}

/** Machines of an app that are up, by the services they have. */
export function runningMachines(host: EdgeHost, app: string, routes: EdgeRoute[], load: MachineLoad): RunningMachine[] {
  const byMachine = new Map<string, EdgeRoute[]>();
  for (const route of routes) byMachine.set(route.machineId, [...(byMachine.get(route.machineId) ?? []), route]);
  return [...byMachine].flatMap(([machineId, own]) => {
    if (host.instance(app, machineId) === null) return [];
    return {
      machineId,
      region: own[0]?.region ?? '',
      ...mergeServices(own),
      connections: load.count(machineId),
      idleMs: load.idleMs(machineId),
    };
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
