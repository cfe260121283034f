import { metadataKeys, resourceIds, type ChangePayload, type MachineData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { asMap } from '../observed/json-maps.js';
import { isRunning } from '../observed/machine-life.js';
import { namesAfter, recordedNames } from '../secrets/secrets-record.js';
import { listAnd } from '../words.js';
import { change, ids, type FlyChange } from './change.js';
import { lagsBehind } from './second.js';
import { rememberedSecrets } from './secrets.js';

/** The machines that secrets of the app are for. */
export interface Receivers {
  desired: FlyDesired;
  /** `null` = there is none yet: what is set waits for it. */
  machine: MachineData | null;
  /** The second one, where there is one and its host tells its config. */
  second: MachineData | null;
}

/** What an update brings. */
interface Arriving {
  set: readonly string[];
  unset: readonly string[];
  after: readonly string[];
  /** They were noted when they were staged. */
  isRecorded?: boolean;
}

/** In the title of an update. */
function withOrWithout(set: readonly string[], unset: readonly string[]): string {
  if (set.length === 0 && unset.length > 0) return `without ${listAnd([...unset].sort())}`;
  const names = [...set, ...unset].sort();
  return `with its new secrets${names.length === 0 ? '' : ` (${listAnd(names)})`}`;
}

/** One machine after the other, so that one is up meanwhile. The second one remembers what the first does. */
export function machineUpdates(receivers: Receivers, arriving: Arriving): FlyChange[] {
  const { desired, machine, second } = receivers;
  const first =
    machine === null ? [] : [machineUpdate(desired, desired.names.machines[0] as string, machine, arriving)];
  const after = [...arriving.after, ...ids(first)];
  return [...first, ...(second === null ? [] : [secondUpdate(receivers, second, { ...arriving, after })])];
}

/** A second machine that a run which was cut short has not brought its secrets. */
export function lateUpdate(receivers: Receivers, machine: MachineData): FlyChange[] {
  const { second } = receivers;
  if (second === null || !lagsBehind(second, machine)) return [];
  return [secondUpdate(receivers, second, { set: [], unset: [], after: [], isRecorded: true })];
}

function secondUpdate({ desired, machine }: Receivers, second: MachineData, arriving: Arriving): FlyChange {
  const metadata = { ...second.metadata, ...rememberedSecrets(machine) };
  return machineUpdate(desired, desired.names.second.machine, { ...second, metadata }, arriving);
}

/** `wanted` is the name under which the machine is observed. */
function machineUpdate(
  desired: FlyDesired,
  wanted: string,
  machine: MachineData,
  { set, unset, after, isRecorded = false }: Arriving,
): FlyChange {
  const interrupts = isRunning(machine) || machine.state === 'suspended';
  const config = { ...asMap(machine.config) };
  const recorded = namesAfter(recordedNames(machine.metadata), { set, unset, declared: desired.secretNames });
  config['metadata'] = { ...machine.metadata, ...(isRecorded ? {} : { [metadataKeys.secretNames]: recorded }) };
  const what = isRunning(machine) ? 'restart machine' : 'update machine';
  return change({
    id: `${resourceIds.machine(wanted)}:update`,
    action: 'update',
    resource: { type: 'machine', name: wanted },
    title: `${what} ${machine.name} ${withOrWithout(set, unset)}`,
    payload: {
      kind: 'machine.update',
      machineId: machine.id,
      name: machine.name,
      instanceId: machine.instanceId,
      config: config as Extract<ChangePayload, { kind: 'machine.update' }>['config'],
      staysAsleep: true,
    },
    differences: [
      {
        field: 'secrets',
        from: 'old version',
        to: 'new version',
        why: 'a machine sees new secrets only in a new version',
      },
    ],
    impact: interrupts ? ['restart'] : ['in-place'],
    after,
  });
}
