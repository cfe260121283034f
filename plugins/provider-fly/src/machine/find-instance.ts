import { type SindriError, type EnvironmentSpec, type OperationContext } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import type { WireMachine } from '../api/types.js';
import { desiredNames, isMarked, listAnd, machineNotOurs, selectMachines, toMachineData } from '../planner/index.js';
import { metadataKeys, type MachineData } from '../model.js';
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
 * The machine that a request's `instance` names, by name, by id, or by the name that it had before a restore: one that carries the mark of the environment, or the one
 * that a deploy would take over. Absent = the only one, or the first that runs and can be reached; which one is told to `emit`. Throws
 * `FLY_NOT_DEPLOYED` when there is none at all, `FLY_INSTANCE_UNKNOWN` for another name.
 */
export async function findInstance(
  api: FlyApi,
  spec: EnvironmentSpec,
  instance: string | undefined,
  emit: OperationContext['emit'] = () => undefined,
): Promise<FoundInstance> {
  const machines = await listMachines(api, spec.name);
  const known = instances(machines.map(toMachineData), spec);
  const chosen = instance === undefined ? firstOf(known) : called(instance, known, spec);
  const machine = machines.find(({ id }) => id === chosen?.id);
  if (chosen !== undefined && machine !== undefined) {
    if (instance === undefined && known.length > 1) tellChosen(chosen, known, emit);
    const others = machines.filter(({ id, state }) => id !== machine.id && state !== 'destroyed');
    return { machine, isMain: machine.id === known[0]?.id && !isSecond(chosen), others };
  }
  throw instance === undefined || known.length === 0 ? notDeployed(spec.name) : unknownInstance(spec, instance, known);
}

/**
 * The machines that are going to be changed: the one that `instance` names, else all that deploys manage, the first one first. Throws what
 * {@link findInstance} throws, and `FLY_MACHINE_NOT_OURS` for one that does not carry our mark.
 */
export async function findOwnInstances(
  api: FlyApi,
  spec: EnvironmentSpec,
  instance: string | undefined,
): Promise<WireMachine[]> {
  const machines = await listMachines(api, spec.name);
  const all = machines.map(toMachineData);
  const { ours, second } = selectMachines(all, spec);
  const known = instances(all, spec);
  const named = instance === undefined ? undefined : called(instance, known, spec);
  const meant =
    instance === undefined
      ? [...ours, second].filter((machine) => machine !== null)
      : named === undefined
        ? []
        : [named];
  if (meant.length === 0) {
    throw instance === undefined || known.length === 0
      ? notDeployed(spec.name)
      : unknownInstance(spec, instance, known);
  }
  const others = meant.find((machine) => !isMarked(machine, spec));
  if (others !== undefined) throw machineNotOurs(others);
  return meant.flatMap(({ id }) => machines.find((machine) => machine.id === id) ?? []);
}

/** A restore puts a machine of another name in the place of one: people, and SSH configs, go on calling it as before. */
function called(instance: string, known: readonly MachineData[], spec: EnvironmentSpec): MachineData | undefined {
  const { machines, second } = desiredNames(spec);
  const place = (machine: MachineData): string | undefined => (isSecond(machine) ? second.machine : machines[0]);
  return (
    known.find(({ id, name }) => id === instance || name === instance) ??
    known.find((one) => one.metadata[metadataKeys.replaces] !== undefined && place(one) === instance)
  );
}

function isSecond({ metadata }: MachineData): boolean {
  return metadata[metadataKeys.instance] === 'second';
}

function firstOf(known: readonly MachineData[]): MachineData | undefined {
  const reachable = known.filter(({ hostStatus }) => hostStatus === null || hostStatus === 'ok');
  return reachable.find(({ state }) => state === 'started') ?? reachable[0] ?? known[0];
}

function tellChosen(
  { id, name, state }: MachineData,
  known: readonly MachineData[],
  emit: OperationContext['emit'],
): void {
  const others = known.filter((machine) => machine.id !== id).map((machine) => `${machine.name} (${machine.state})`);
  emit({
    type: 'notice',
    level: 'info',
    code: 'FLY_INSTANCE_CHOSEN',
    message: `${name}, which is ${state}, is used. The environment also has ${listAnd(others)}: \`--instance NAME\` chooses.`,
  });
}

/** The machines of an environment that people may name, those that deploys manage first. Pure. */
export function instances(machines: readonly MachineData[], spec: EnvironmentSpec): MachineData[] {
  const { ours, second, foreign } = selectMachines(machines, spec);
  const managed = [...ours, second].filter((machine) => machine !== null);
  return [...managed, ...foreign.filter((machine) => isMarked(machine, spec))];
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
