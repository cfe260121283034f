import type { EnvironmentSpec } from '@sindri/core';
import { homePath } from '@sindri/image-contract';
import { metadataKeys, type MachineData } from '../../model.js';
import { desiredNames } from '../desired/names.js';
import { byCodeUnit } from './order.js';

/** Which machines of the app this environment manages. */
export interface MachineSelection {
  /** In the order of `desiredNames(spec).machines`; `null` = there is none yet. */
  ours: (MachineData | null)[];
  /** The second one, whether the config asks for it or not; `null` = there is none. */
  second: MachineData | null;
  /** Those whose place another one has taken with a restored volume, until they are gone. */
  replaced: MachineData[];
  /** Every other machine of the app, destroyed ones left out. */
  foreign: MachineData[];
}

/**
 * Picks this environment's machine among those of its app: the one with our mark, else one that flyctl or the original Sindri
 * made for it (flyctl's `app` process group with a volume at the home path), which a deploy then takes over. Whether it
 * carries the mark is told by {@link isMarked}.
 */
export function selectMachines(
  machines: readonly MachineData[],
  spec: Pick<EnvironmentSpec<object>, 'name' | 'options' | 'origins'>,
): MachineSelection {
  const names = desiredNames(spec);
  const alive = machines.filter(({ state }) => state !== 'destroyed' && state !== 'replaced' && state !== 'migrated');
  const replacedIds = new Set(
    alive
      .filter((machine) => isMarked(machine, spec) && machine.state !== 'destroying')
      .map(({ metadata }) => metadata[metadataKeys.replaces]),
  );
  const replaced = alive.filter((machine) => replacedIds.has(machine.id) && isMarked(machine, spec));
  // A restore makes one of another name.
  const isSecond = (machine: MachineData): boolean =>
    (machine.name === names.second.machine || machine.metadata[metadataKeys.replaces] !== undefined) &&
    machine.metadata[metadataKeys.instance] === 'second' &&
    isMarked(machine, spec);
  // A new one may have the name of one that is on its way out.
  const seconds = alive
    .filter((machine) => isSecond(machine) && !replaced.includes(machine))
    .sort((a, b) => rank(a) - rank(b));
  const candidates = alive
    .filter((machine) => !replaced.includes(machine) && !seconds.includes(machine))
    .filter((machine) => isMarked(machine, spec) || isAdoptable(machine))
    .sort((a, b) => rank(a) - rank(b) || byCodeUnit(a.createdAt ?? '', b.createdAt ?? '') || byCodeUnit(a.id, b.id));
  const ours = names.machines.map((name, index) => {
    const named = candidates.find(
      (machine) => machine.name === name && rank(machine) === rank(candidates[0] as MachineData),
    );
    return named ?? candidates[index] ?? null;
  });
  const foreign = alive.filter(
    (machine) => !ours.includes(machine) && !replaced.includes(machine) && !seconds.includes(machine),
  );
  return { ours, second: seconds[0] ?? null, replaced, foreign };

  /** Ours before adopted, living before dying. */
  function rank(machine: MachineData): number {
    return (isMarked(machine, spec) ? 0 : 2) + (machine.state === 'destroying' ? 1 : 0);
  }
}

/** Whether a machine carries this environment's mark: only such machines are ever deleted. */
export function isMarked(machine: MachineData, spec: Pick<EnvironmentSpec<object>, 'name'>): boolean {
  return machine.metadata[metadataKeys.environment] === spec.name;
}

function isAdoptable(machine: MachineData): boolean {
  if (machine.metadata[metadataKeys.environment] !== undefined) return false;
  if (machine.metadata[metadataKeys.platformVersion] !== 'v2') return false;
  if (machine.metadata[metadataKeys.processGroup] !== 'app') return false;
  const mounts = machine.config?.['mounts'];
  return (
    Array.isArray(mounts) && mounts.some((mount: unknown) => (mount as { path?: unknown } | null)?.path === homePath)
  );
}
