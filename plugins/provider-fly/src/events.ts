import type { EnvironmentSpec, EventsRequest, OperationContext, PastEvent } from '@sindri/core';
import type { FlyApi, OpenApi } from './api/client.js';
import { instances, unknownInstance } from './machine/find-instance.js';
import { listMachines, notDeployed } from './machine/find-machine.js';
import type { MachineData } from './model.js';
import { appName, isMarked, pastEvents, toEventData, toMachineData } from './planner/index.js';

/**
 * What happened to the machines of an environment, oldest first; also to those that were destroyed, as far as Fly remembers them.
 * Throws `FLY_NOT_DEPLOYED` when there has been none, `FLY_INSTANCE_UNKNOWN`, `FLY_APP_NAME_TAKEN`.
 */
export function createEvents(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: EventsRequest, context: OperationContext) => Promise<PastEvent[]> {
  return async (spec, { sinceMs, tail, instance }, context) => {
    const api = await openApi(context);
    const app = appName(spec);
    const known = machinesOf((await listMachines(api, app, { includeDestroyed: true })).map(toMachineData), spec);
    if (known.length === 0) throw notDeployed(spec.name);
    const meant = known.filter(({ id, name }) => instance === undefined || id === instance || name === instance);
    if (instance !== undefined && meant.length === 0) throw unknownInstance(spec, instance, known);
    const isOne = new Set(known.map(({ name }) => name)).size === 1;
    const stories = await Promise.all(meant.map((machine) => storyOf(api, app, machine, isOne)));
    const all = stories.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const since = sinceMs === undefined ? all : all.filter(({ at }) => Date.parse(at) >= sinceMs);
    return tail === undefined ? since : since.slice(Math.max(0, since.length - tail));
  };
}

/** The machines that people may name, and those that carried our mark when they were destroyed. */
function machinesOf(machines: readonly MachineData[], spec: EnvironmentSpec): MachineData[] {
  const gone = machines.filter((machine) => machine.state === 'destroyed' && isMarked(machine, spec));
  return [...instances(machines, spec), ...gone];
}

/** A machine carries its newest twenty events with it; for one that lives, Fly is asked for more. */
async function storyOf(api: FlyApi, app: string, machine: MachineData, isOne: boolean): Promise<PastEvent[]> {
  const newestFirst =
    machine.state === 'destroyed' ? machine.events : (await api.machines.events(app, machine.id)).map(toEventData);
  const oldestFirst = newestFirst.toReversed().sort((a, b) => a.timestamp - b.timestamp);
  const told = pastEvents(oldestFirst);
  return isOne ? told : told.map((event) => ({ ...event, instance: machine.name }));
}
