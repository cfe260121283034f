import { resourceIds, type MachineData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { isRunning } from '../observed/machine-life.js';
import type { ObservedEnvironment } from '../observed/open-observation.js';
import { change, type FlyChange } from './change.js';

/**
 * Deletes the machines whose place another one has taken with a restored volume, where the run that did so was cut short. `successor`
 * is that other one, `desired` what it should be. What is on its way out already needs nothing.
 */
export function retireReplaced(
  { names, isSecond }: FlyDesired,
  { facts }: ObservedEnvironment,
  successor: MachineData | null,
  after: readonly string[] = [],
): FlyChange[] {
  if (successor === null) return [];
  return facts.replaced
    .filter((machine) => machine.state !== 'destroying' && (machine.isSecond ?? false) === isSecond)
    .map((machine) =>
      retire(names.machines[0] as string, {
        machine,
        successorId: successor.id,
        starts: isRunning(machine) || isRunning(successor),
        after,
      }),
    );
}

export interface Retirement {
  machine: { id: string; name: string };
  successorId: string | null;
  starts: boolean;
  after: readonly string[];
}

/** The end of a machine whose place another one takes. `wanted` is the name under which both are observed. */
export function retire(wanted: string, { machine, successorId, starts, after }: Retirement): FlyChange {
  const { id, name } = machine;
  return change({
    id: `${resourceIds.machine(wanted)}:${id}:delete`,
    action: 'delete',
    resource: { type: 'machine', name: wanted },
    title: `delete machine ${name}, whose volume stays`,
    payload: { kind: 'machine.retire', machineId: id, name, successorId, starts },
    differences: [{ field: 'machine', from: id, to: null, why: 'another machine takes its place' }],
    impact: starts ? ['restart'] : ['in-place'],
    after,
  });
}
