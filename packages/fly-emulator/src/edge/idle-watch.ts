import type { EdgeHost, EdgeRoute } from './edge-host.js';
import { chooseIdle, mergeServices, type RunningMachine } from './idle-rule.js';
import type { MachineLoad } from './machine-load.js';

/** Looks for idle machines every `checkIntervalMs` and brings them down. Returns the way to stop that. */
export function watchIdleMachines(
  host: EdgeHost,
  load: MachineLoad,
  options: { idleTimeoutMs: number; checkIntervalMs: number },
): () => void {
  const underway = new Set<string>();
  let cancel = (): void => {};

  const bringDown = async (app: string, choice: ReturnType<typeof chooseIdle>[number]): Promise<void> => {
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
    } catch (error) {
      // Another holds a lease, or the machine changed state: the next pass looks again.
      host.log(app, choice.machineId, `machines API returned an error: "${messageOf(error)}"`, 'PM01');
    } finally {
      underway.delete(choice.machineId);
    }
  };

  const pass = (): void => {
    for (const app of new Set(host.addresses().map((address) => address.app))) {
      const routes = host.routes(app);
      const primaryRegion = routes[0]?.region ?? '';
      for (const choice of chooseIdle(runningMachines(host, app, routes, load), primaryRegion, options.idleTimeoutMs)) {
        if (!underway.has(choice.machineId)) void bringDown(app, choice);
      }
    }
    cancel = host.clock.after(options.checkIntervalMs, pass);
  };
  cancel = host.clock.after(options.checkIntervalMs, pass);
  return () => cancel();
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
