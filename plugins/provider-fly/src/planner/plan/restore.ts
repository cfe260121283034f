import type { JsonObject, PlanNote, ProviderPlan, RestoreSnapshotIntent } from '@sindri/core';
import { metadataKeys, resourceIds, type ChangePayload, type FlySnapshot, type MachineData } from '../../model.js';
import type { VolumeData } from '../../model.js';
import { settingsHash, toMachineConfig } from '../config/machine-config.js';
import { desiredSecond, type FlyDesired } from '../desired/desired.js';
import { namesOfSecond } from '../desired/names.js';
import { toWireGuest } from '../hardware/guest.js';
import { namesakes } from '../observed/evidence.js';
import { asList, asMap } from '../observed/json-maps.js';
import { hasLostHost, isDying, isRunning } from '../observed/machine-life.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { volumeMonthly } from '../prices/cost.js';
import { observedCost } from '../prices/observed-cost.js';
import { monthlyText } from '../prices/price-text.js';
import { recordedNames } from '../secrets/secrets-record.js';
import { change, type FlyChange } from './change.js';
import { ownVolume } from './own-volume.js';
import { refuseOthersMachine } from './ownership.js';
import { refusal, refuseUnobserved } from './refusals.js';
import { retire, retireReplaced } from './replaced.js';
import { rememberedSecrets } from './secrets.js';

/**
 * What a snapshot holds takes the place of what is on its volume: a new volume, in the region that the config asks for, and a new machine
 * that has it, for Fly cannot give a machine another volume. The new machine is there before the old one goes, so nothing is lost
 * where there is no room for it; nothing is asked of the old one's host before that. The old volume stays. Of two machines it is the one
 * whose volume the snapshot is of.
 *
 * Throws `FLY_NO_VOLUME`, `FLY_VOLUME_IN_USE`, `FLY_SNAPSHOT_UNUSABLE`, `FLY_APP_NOT_OURS`, `FLY_MACHINE_NOT_OURS`, `PLAN_UNOBSERVED`.
 */
export function planRestore(
  whole: FlyDesired,
  { snapshot: asked }: RestoreSnapshotIntent,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  refuseUnobserved(`restoring ${asked}`, { machine: observed.machine, second: observed.second.machine });
  const isSecond = isOfSecond(asked, observed);
  // As a deploy wants it, but in the region of the config.
  const desired = isSecond
    ? { ...desiredSecond(whole, dataOf(observed.second.volume)), names: namesOfSecond(whole.names) }
    : whole;
  const [own, other] = isSecond ? [observed.second, observed] : [observed, observed.second];
  const volume = ownVolume(
    whole.names,
    isSecond ? desired.names.volume : undefined,
    observed,
    `restoring ${asked} beside`,
  );
  const found = own.machine.status === 'present' && !isDying(own.machine.data) ? own.machine : null;
  refuseOthersMachine(found);
  const machine = found?.data ?? null;
  const { restoring } = observed.facts;
  const begun = restoring?.snapshot === asked ? restoring : null;
  const cost = observedCost(observed);

  if (begun !== null && begun.volumeId === volume.id && machine !== null) {
    const changes = retireReplaced(desired, observed, machine);
    return { changes, notes: changes.length === 0 ? [restoredAlready(asked, volume)] : [], cost };
  }
  const isMade = begun !== null && begun.volumeId !== null;
  const snapshot = isMade ? null : requireSnapshot(asked, observed);
  const sizeGb = Math.max(volume.sizeGb, snapshot?.volumeGb ?? 0);
  const apart = other.volume.status === 'present';
  const makeVolume = newVolume(desired, { asked, snapshot, volume, sizeGb, machine, apart });
  const name = desired.names.machines[0] as string;
  const replace = machine === null ? [] : [newMachine(desired, observed, machine, volume, makeVolume.id)];
  const gone =
    machine === null
      ? []
      : [
          retire(name, {
            machine,
            successorId: null,
            starts: isRunning(machine),
            after: replace.map(({ id }) => id),
          }),
        ];
  const after = observedCost(withOneMore(observed, volume, { sizeGb, isMade, isSecond }));
  return { changes: [makeVolume, ...replace, ...gone], notes: notes(desired, volume, snapshot, machine), cost: after };
}

/** Whether a snapshot is of the volume of the second machine. What is left of one that is gone takes the place of the first one's. */
function isOfSecond(asked: string, { second, facts }: ObservedEnvironment): boolean {
  if (second.machine.status !== 'present' || second.volume.status !== 'present') return false;
  const { snapshots, restoring } = facts;
  const volumes = new Set(namesakes(second.volume.data).map(({ id }) => id));
  const source = snapshots?.find(({ id }) => id === asked)?.volumeId;
  const begun = restoring?.snapshot === asked ? restoring.volumeId : null;
  return volumes.has(begun ?? source ?? '');
}

/** Both volumes are billed: the new one, and the one whose place it takes. One that an earlier run has made is among them already. */
function withOneMore(
  observed: ObservedEnvironment,
  volume: VolumeData,
  { sizeGb, isMade, isSecond }: { sizeGb: number; isMade: boolean; isSecond: boolean },
): ObservedEnvironment {
  if (isMade) return observed;
  const others = [...volume.others, { ...volume, id: '', sizeGb }];
  const grown = { status: 'present', owned: true, data: { ...volume, others } } as const;
  return isSecond ? { ...observed, second: { ...observed.second, volume: grown } } : { ...observed, volume: grown };
}

/** Throws `FLY_SNAPSHOT_UNUSABLE` for one that there is not, or that is not written yet. */
function requireSnapshot(asked: string, { facts }: ObservedEnvironment): FlySnapshot {
  refuseUnobserved(`restoring ${asked}`, {
    snapshots:
      facts.snapshots === null
        ? { status: 'unobserved', reason: 'not every list of snapshots was answered' }
        : { status: 'absent' },
  });
  const snapshots = facts.snapshots ?? [];
  const found = snapshots.find(({ id }) => id === asked);
  if (found?.state === 'ready') return found;
  const ready = snapshots
    .filter(({ state }) => state === 'ready')
    .map(({ id, createdAt }) => `${id}${taken(createdAt)}`);
  const hint =
    ready.length === 0
      ? 'There is none that could be restored yet: `sindri volume snapshot` takes one.'
      : `These can be restored: ${ready.slice(0, 5).join(', ')}${ready.length > 5 ? ' …' : ''}.`;
  const details = { snapshot: asked, snapshots: ready.length };
  if (found === undefined) {
    const message = `There is no snapshot ${asked} of this environment's volumes.`;
    throw refusal('FLY_SNAPSHOT_UNUSABLE', 'usage', message, hint, details);
  }
  const why = found.state === 'pending' ? 'still being written' : 'broken';
  throw refusal(
    'FLY_SNAPSHOT_UNUSABLE',
    'refused',
    `Snapshot ${asked} cannot be restored: it is ${why}.`,
    hint,
    details,
  );
}

interface NewVolume {
  asked: string;
  snapshot: FlySnapshot | null;
  volume: VolumeData;
  sizeGb: number;
  machine: MachineData | null;
  /** There is another volume, whose host is not to be shared. */
  apart: boolean;
}

function newVolume(desired: FlyDesired, { asked, snapshot, volume, sizeGb, machine, apart }: NewVolume): FlyChange {
  const { region } = desired.names;
  const guest = machine?.config?.['guest'];
  return change({
    id: `${resourceIds.volume(volume.name)}:restore`,
    action: 'create',
    resource: { type: 'volume', name: volume.name },
    title: `create volume ${volume.name}, ${sizeGb} GB in ${region}, from snapshot ${asked}${taken(snapshot?.createdAt ?? null)}`,
    payload: {
      kind: 'volume.restore',
      snapshotId: asked,
      name: volume.name,
      region,
      sizeGb,
      snapshotRetention: volume.snapshotRetention ?? desired.mount.snapshotRetention,
      compute: guest === undefined ? toWireGuest(desired.guest) : asMap(guest),
      computeImage: typeof machine?.config?.['image'] === 'string' ? machine.config['image'] : desired.image.reference,
      alone: machine === null,
      ...(apart ? { apart: true } : {}),
    },
    differences: [{ field: 'snapshot', from: null, to: asked }],
    impact: ['in-place'],
    monthlyCostDelta: volumeMonthly(sizeGb),
  });
}

function newMachine(
  desired: FlyDesired,
  observed: ObservedEnvironment,
  machine: MachineData,
  volume: VolumeData,
  after: string,
): FlyChange {
  const wanted = desired.names.machines[0] as string;
  const { region } = desired.names;
  const name = freeName(wanted, machine, observed);
  return change({
    id: `${resourceIds.machine(wanted)}:replace`,
    action: 'replace',
    resource: { type: 'machine', name: wanted },
    title: `create machine ${name} with it, in the place of ${machine.name}`,
    payload: {
      kind: 'machine.replace',
      machineId: machine.id,
      name,
      instanceId: machine.instanceId,
      region,
      config: configOf(desired, machine),
      fromSpec: machine.config === null,
      asleep: !isRunning(machine),
    },
    differences: [
      { field: 'mounts', from: volume.id, to: 'the new volume', why: 'a volume is fixed when a machine is made' },
      ...(machine.region === region
        ? []
        : [{ field: 'region', from: machine.region, to: region, why: 'the config asks for it' }]),
    ],
    impact: isRunning(machine) ? ['replace', 'restart'] : ['replace'],
    after: [after],
  });
}

/** Names are unique in an app, and the old machine may keep its own for as long as its host is away. Two restores at once meet here. */
function freeName(wanted: string, machine: MachineData, { facts }: ObservedEnvironment): string {
  const taken = new Set(
    [machine, ...facts.foreignMachines, ...facts.siblings, ...facts.replaced].map(({ name }) => name),
  );
  const names = ['', ...'bcdefghijklmnopqrstuvwxyz'].map((letter) => `${wanted}${letter}`);
  return names.find((name) => !taken.has(name)) ?? `${wanted}-${machine.id}`;
}

/** The machine's own config, so that a restore changes nothing else; what the spec says where that cannot be read. */
function configOf(desired: FlyDesired, machine: MachineData): JsonObject {
  const live = machine.config;
  const config = live ?? toMachineConfig(desired, recordedNames(machine.metadata));
  const env = asMap(config['env']);
  return {
    ...config,
    env: 'PRIMARY_REGION' in env ? { ...env, PRIMARY_REGION: desired.names.region } : env,
    mounts: asList(config['mounts']).map((mount, index) => (index === 0 ? withoutVolume(asMap(mount)) : mount)),
    metadata: {
      ...rememberedSecrets(machine),
      ...asMap(config['metadata']),
      ...movedMark(desired, machine),
      [metadataKeys.replaces]: machine.id,
    },
  };
}

/** The mark of the settings has the region in it: a machine that was as the config says but for that, is as it says afterwards. */
function movedMark(desired: FlyDesired, { region, metadata }: MachineData): Record<string, string> {
  const before = settingsHash({ ...desired, names: { ...desired.names, region } });
  return metadata[metadataKeys.specHash] === before ? { [metadataKeys.specHash]: settingsHash(desired) } : {};
}

/** What Fly fills in from the volume is not that of the new one. */
function withoutVolume({ volume: _volume, encrypted: _encrypted, size_gb: _sizeGb, ...mount }: JsonObject): JsonObject {
  return mount;
}

function notes(
  desired: FlyDesired,
  volume: VolumeData,
  snapshot: FlySnapshot | null,
  machine: MachineData | null,
): PlanNote[] {
  const result: PlanNote[] = [
    {
      level: 'info',
      code: 'FLY_RESTORE_KEEPS',
      message:
        `What was written after the snapshot${taken(snapshot?.createdAt ?? null)} is on volume ${volume.id} alone. That one stays with ` +
        `everything on it, for ${monthlyText(volumeMonthly(volume.sizeGb))}, until \`sindri volume delete ${volume.id}\`.`,
    },
  ];
  if (machine === null) {
    result.push({
      level: 'info',
      code: 'FLY_RESTORE_ALONE',
      message: 'There is no machine: the next `sindri deploy` makes one with the new volume.',
    });
  }
  if (machine !== null && hasLostHost(machine)) {
    result.push({
      level: 'warning',
      code: 'FLY_HOST_UNREACHABLE',
      message:
        `The host of machine ${machine.name} is ${machine.hostStatus}. ` +
        (machine.config === null
          ? 'The new machine is made from the config, since that of the old one cannot be read. '
          : '') +
        'Fly destroys the old one as soon as its host is back; its volume stays.',
    });
  }
  if (volume.region !== desired.names.region) {
    result.push({
      level: 'info',
      code: 'FLY_RESTORE_ELSEWHERE',
      message: `${desired.isSecond ? 'The second machine' : desired.hasSecond ? 'The first machine' : 'The environment'} moves from ${volume.region} to ${desired.names.region}, as the config says.`,
    });
  }
  return result;
}

function restoredAlready(asked: string, { id }: VolumeData): PlanNote {
  return {
    level: 'info',
    code: 'FLY_RESTORED',
    message: `Volume ${id}, which is in use, was made from snapshot ${asked} within the last hour. To restore it once more, wait until then.`,
  };
}

/** ` of 2026-11-28 03:00 UTC`. */
function taken(createdAt: string | null): string {
  return createdAt === null ? '' : ` of ${createdAt.slice(0, 16).replace('T', ' ')} UTC`;
}
