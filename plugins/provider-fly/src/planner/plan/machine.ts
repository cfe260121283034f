import type { ChangeImpact, FieldDifference } from '@sindri/core';
import { metadataKeys, resourceIds, type MachineData } from '../../model.js';
import { cents, machineMonthly } from '../prices/cost.js';
import type { FlyDesired } from '../desired/desired.js';
import type { FlyService } from '../desired/services.js';
import { fromWireGuest, guestText } from '../hardware/guest.js';
import { asMap, type JsonMap } from '../observed/json-maps.js';
import { toMachineConfig } from '../config/machine-config.js';
import { diffMachine, dropLeakedVariables } from '../config/machine-diff.js';
import {
  endedByItself,
  exitText,
  isBeingReplaced,
  isRunning,
  leftStoppedByUpdate,
  neverCameUp,
} from '../observed/machine-life.js';
import { change, created, type FlyChange } from './change.js';
import { hasMount } from './refusals.js';

export interface MachineRequest {
  desired: FlyDesired;
  /** Our machine, unless it is on its way out. */
  present: { data: MachineData; owned: boolean } | null;
  /** All secrets that Sindri answers for, see `SecretsPlan.names`. */
  secretNames: readonly string[];
  /** What the machine before a new one knows of secrets, as metadata. */
  remembered: Readonly<Record<string, string>>;
  secretsChange: boolean;
  /** What must be there before the machine runs. */
  after: readonly (string | undefined)[];
}

/** Makes, updates, marks, replaces or starts the machine; none of it when it is as wanted. */
export function planMachine(request: MachineRequest): FlyChange[] {
  const { present } = request;
  if (present === null) return [createMachine(request, [])];
  const { data } = present;
  // Without its host Fly shows no config: then there is nothing to compare, and nothing to send an update to.
  if (data.config === null) return [];
  if (mustBeReplaced(request.desired, data)) return replaceMachine(request, data);
  return changeMachine(request, data, data.config, present.owned);
}

/** Region and volume of a machine are fixed when it is made. No data is at stake: the one it would have been on is the volume. */
function mustBeReplaced({ names }: FlyDesired, machine: MachineData): boolean {
  return machine.region !== names.region || !hasMount(machine);
}

function createMachine(request: MachineRequest, instead: ChangeImpact[]): FlyChange {
  const { desired, secretNames, remembered, after } = request;
  const { names, guest, image, services } = desired;
  const name = names.machines[0] as string;
  const monthly = machineMonthly(guest, names.region);
  const config = toMachineConfig(desired, secretNames);
  return change({
    id: `${resourceIds.machine(name)}:create`,
    action: 'create',
    resource: { type: 'machine', name },
    title: `create machine ${name}, ${guestText(guest)} in ${names.region}`,
    payload: {
      kind: 'machine.create',
      name,
      region: names.region,
      config: { ...config, metadata: { ...remembered, ...asMap(config['metadata']) } },
      volumeName: names.volume,
    },
    differences: created({
      image: image.reference,
      region: names.region,
      'guest.cpu_kind': guest.cpuKind,
      'guest.cpus': guest.cpus,
      'guest.memory_mb': guest.memoryMb,
      ...(guest.gpu === null ? {} : { 'guest.gpu_kind': guest.gpu.kind, 'guest.gpus': guest.gpu.count }),
      ...Object.assign({}, ...services.map(serviceFields)),
    }),
    impact: instead.length === 0 ? ['in-place'] : instead,
    monthlyCostDelta: monthly,
    after,
  });
}

/** What people are shown of a new service. */
function serviceFields({ name, ports, autostop, autostart }: FlyService): Record<string, string | number | boolean> {
  return {
    [`services.${name}.port`]: ports.length === 1 ? (ports[0]?.port ?? 0) : ports.map(({ port }) => port).join(', '),
    [`services.${name}.autostop`]: autostop,
    [`services.${name}.autostart`]: autostart,
  };
}

function replaceMachine(request: MachineRequest, machine: MachineData): FlyChange[] {
  const name = request.desired.names.machines[0] as string;
  const id = `${resourceIds.machine(name)}:delete`;
  const guest = fromWireGuest(machine.config?.['guest']);
  const monthly = guest === null ? null : machineMonthly(guest, machine.region);
  const { region } = request.desired.names;
  return [
    change({
      id,
      action: 'delete',
      resource: { type: 'machine', name },
      title: `delete machine ${machine.name} to make it anew`,
      payload: { kind: 'machine.delete', machineId: machine.id, name: machine.name },
      differences:
        machine.region === region
          ? [
              {
                field: 'mounts',
                from: null,
                to: request.desired.mount.volume,
                why: 'a volume is fixed when a machine is made',
              },
            ]
          : [{ field: 'region', from: machine.region, to: region, why: 'a region is fixed when a machine is made' }],
      impact: ['replace', 'restart'],
      monthlyCostDelta: monthly === null ? null : -monthly,
      after: request.after,
    }),
    createMachine({ ...request, after: [...request.after, id] }, ['replace', 'restart']),
  ];
}

function changeMachine(request: MachineRequest, machine: MachineData, live: JsonMap, owned: boolean): FlyChange[] {
  const { desired, secretNames, secretsChange, after } = request;
  const name = desired.names.machines[0] as string;
  const diff = diffMachine(desired, machine, live, secretNames);
  const adopt = owned ? 'update' : 'adopt';
  const resource = { type: 'machine', name };
  // A deploy that has changed something leaves an environment that can be used; one with nothing to do lets it sleep.
  const start = whyStart(machine) ?? (after.length > 0 && isAsleep(machine) ? 'a deploy changes something' : null);

  if (diff.settings.length > 0 || secretsChange) {
    const { config, differences: leaked } = dropLeakedVariables(diff.config);
    const secrets: FieldDifference[] = secretsChange
      ? [
          {
            field: 'secrets',
            from: 'old version',
            to: 'new version',
            why: 'a machine sees new secrets only in a new version',
          },
        ]
      : [];
    // Our own bookkeeping follows from the rest; people are shown only what it does not.
    const marks = diff.metadata.filter(({ field }) => !bookkeeping.has(field));
    const differences = [...diff.settings, ...secrets, ...diff.along, ...leaked, ...marks];
    const interrupts = isRunning(machine) || machine.state === 'suspended';
    return [
      change({
        id: `${resourceIds.machine(name)}:${adopt}`,
        action: adopt,
        resource,
        title: `${adopt} machine ${machine.name}: ${fieldsText([...diff.settings, ...secrets])}`,
        payload: {
          kind: 'machine.update',
          machineId: machine.id,
          name: machine.name,
          instanceId: machine.instanceId,
          config,
        },
        differences,
        impact: interrupts ? ['restart'] : ['in-place'],
        monthlyCostDelta: costDelta(desired, machine, live),
        after,
      }),
    ];
  }

  const changes: FlyChange[] = [];
  if (diff.metadata.length > 0) {
    changes.push(
      change({
        id: `${resourceIds.machine(name)}:${owned ? 'metadata' : 'adopt'}`,
        action: adopt,
        resource,
        title: owned ? `mark machine ${machine.name}` : `adopt machine ${machine.name}`,
        payload: { kind: 'machine.metadata', machineId: machine.id, name: machine.name, metadata: diff.metadataToSet },
        differences: diff.metadata,
        impact: ['in-place'],
        after,
      }),
    );
  }
  if (start !== null) {
    changes.push(
      change({
        id: `${resourceIds.machine(name)}:start`,
        action: 'start',
        resource,
        title: `${isBeingReplaced(machine) ? 'finish the update of' : 'start'} machine ${machine.name}`,
        payload: { kind: 'machine.start', machineId: machine.id, name: machine.name },
        differences: [
          {
            field: 'state',
            from: machine.state,
            to: 'started',
            why: start,
          },
        ],
        impact: ['in-place'],
        after: [...after, ...changes.map(({ id }) => id)],
      }),
    );
  }
  return changes;
}

function isAsleep({ state }: MachineData): boolean {
  return state === 'stopped' || state === 'suspended';
}

/** Why a machine that is as wanted must be started all the same; `null` = it runs, or somebody let it rest. */
function whyStart(machine: MachineData): string | null {
  if (isBeingReplaced(machine)) return 'an update of it has not ended, and may leave it stopped';
  if (leftStoppedByUpdate(machine)) return 'an update was interrupted before its start and has left it stopped';
  if (neverCameUp(machine)) return 'it has never run';
  const ended = endedByItself(machine);
  return ended === null ? null : `its main process ended by itself with ${exitText(ended)}`;
}

const bookkeeping = new Set([`metadata.${metadataKeys.specHash}`, `metadata.${metadataKeys.secretNames}`]);

/** At most three fields; the rest is in the differences. */
function fieldsText(differences: readonly FieldDifference[]): string {
  const fields = differences.map(({ field }) => field);
  const more = fields.length - 3;
  return `${fields.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function costDelta(desired: FlyDesired, machine: MachineData, live: JsonMap): number | null {
  const guest = fromWireGuest(live['guest']);
  const after = machineMonthly(desired.guest, desired.names.region);
  const before = guest === null ? null : machineMonthly(guest, machine.region);
  return after === null || before === null ? null : cents(after - before);
}
