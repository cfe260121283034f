import { type SindriError, type EnvironmentSpec } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import type { WireMachine } from '../api/types.js';
import { isMarked, selectMachines, toMachineData } from '../planner/index.js';
import type { MachineData } from '../model.js';
import { listMachines, notDeployed } from './find-machine.js';
import { flyError } from '../fly-error.js';

/** A machine that a request means, and its place among the others. */
export interface FoundInstance {
  machine: WireMachine;
  /** Whether it is the one that deploys manage. */
  isMain: boolean;
  /** Every other living machine of the app, whoever made it. */
  others: WireMachine[];
}

/**
 * The machine that a request's `instance` names, by name or by id: one that carries the mark of the environment, or the one
 * that a deploy would take over. Absent = the only one, or the first that runs. Throws `FLY_NOT_DEPLOYED` when there is none
 * at all, `FLY_INSTANCE_UNKNOWN` for another name.
 */
export async function findInstance(
  api: FlyApi,
  spec: EnvironmentSpec,
  instance: string | undefined,
): Promise<FoundInstance> {
  const machines = await listMachines(api, spec.name);
  const known = instances(machines.map(toMachineData), spec);
  const chosen =
    instance === undefined
      ? (known.find(({ state }) => state === 'started') ?? known[0])
      : known.find(({ id, name }) => id === instance || name === instance);
  const machine = machines.find(({ id }) => id === chosen?.id);
  if (machine !== undefined) {
    const others = machines.filter(({ id, state }) => id !== machine.id && state !== 'destroyed');
    return { machine, isMain: machine.id === known[0]?.id, others };
  }
  throw instance === undefined || known.length === 0 ? notDeployed(spec.name) : unknownInstance(spec, instance, known);
}

/** The machines of an environment that people may name, the one that deploys manage first. Pure. */
export function instances(machines: readonly MachineData[], spec: EnvironmentSpec): MachineData[] {
  const { ours, foreign } = selectMachines(machines, spec);
  return [...ours.filter((machine) => machine !== null), ...foreign.filter((machine) => isMarked(machine, spec))];
}

/** `FLY_INSTANCE_UNKNOWN`, with the machines that there are. */
export function unknownInstance(spec: EnvironmentSpec, instance: string, known: readonly MachineData[]): SindriError {
  return flyError({
    code: 'FLY_INSTANCE_UNKNOWN',
    kind: 'usage',
    message: `${spec.name} has no machine "${instance}".`,
    hint: `It has: ${known.map(({ name, id, state }) => `${name} (${id}, ${state})`).join(', ')}.`,
    details: { environment: spec.name, instance, instances: known.map(({ id, name, state }) => ({ id, name, state })) },
  });
}
