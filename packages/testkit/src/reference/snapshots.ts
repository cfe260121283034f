import {
  SindriError,
  type ApplyContext,
  type ApplyResult,
  type Change,
  type EnvironmentSpec,
  type Observation,
  type ObservedResource,
  type OperationContext,
  type PlanRequest,
  type ProviderPlan,
  type VolumeSnapshot,
} from '@sindri/core';
import { callOf, listThings } from './client.js';
import { HOME_VOLUME, type ReferencePlatform, type Thing } from './platform.js';

type SnapshotRequest = Extract<PlanRequest, { intent: 'snapshot.create' | 'snapshot.restore' | 'snapshot.delete' }>;

/** Takes, restores or deletes one snapshot. The name of a new one follows from those that are there: planned twice, it is the same. */
export function planSnapshots(request: SnapshotRequest, { resources }: Observation): ProviderPlan {
  const ours = resources.filter(({ status, owned }) => status === 'present' && owned === true);
  const snapshots = ours.filter(({ type }) => type === 'snapshot');
  switch (request.intent) {
    case 'snapshot.create':
      return planOf(create(requireVolume(ours, request.volume ?? HOME_VOLUME), snapshots));
    case 'snapshot.delete':
      return planOf(remove(requireSnapshot(snapshots, request.snapshot)));
    case 'snapshot.restore':
      return planOf(restore(requireSnapshot(snapshots, request.snapshot), requireVolume(ours, HOME_VOLUME), ours));
  }
}

/** Deletes a volume that nobody uses. */
export function planVolumeDelete(
  { volume: name, spec }: Extract<PlanRequest, { intent: 'volume.delete' }>,
  { resources }: Observation,
): ProviderPlan {
  const ours = resources.filter(({ status, owned }) => status === 'present' && owned === true);
  const volume = requireVolume(ours, name);
  if (name === HOME_VOLUME) {
    throw new SindriError({
      code: 'REFERENCE_VOLUME_IN_USE',
      kind: 'refused',
      message: `The volume "${name}" is the home of "${spec.name}".`,
      hint: 'Destroy the environment instead.',
    });
  }
  return planOf({ ...base(volume, 'delete'), title: `delete volume ${name}`, impact: ['data-loss'], payload: {} });
}

/** Performs what {@link planSnapshots} has planned, except for a deletion. Safe to repeat. */
export async function applySnapshot(
  platform: ReferencePlatform,
  { payload, resource }: Change,
  context: ApplyContext,
): Promise<ApplyResult> {
  const { spec, launchId } = context;
  const createdAt = new Date(context.clock.now()).toISOString();
  const common = { environment: spec.name, mark: spec.name, power: null, createdAt };
  const { snapshotOf, restores, replaces } = payload as Readonly<Record<string, string | undefined>>;

  const done = await platform.write(callOf(`POST /volumes/${resource.name}/snapshots`, context), (things) => {
    const source = things.find(({ id }) => id === (snapshotOf ?? restores));
    const used = things.find(({ id }) => id === replaces);
    const isThere = things.some(
      ({ type, name, mark }) => type === 'snapshot' && name === resource.name && mark === spec.name,
    );
    if (source === undefined) return 'gone';
    if (snapshotOf !== undefined) {
      if (isThere) return 'done';
      const settings = { ...source.settings, volume: source.name };
      copy(things, source, { ...common, id: `snapshot-${launchId}`, type: 'snapshot', name: resource.name, settings });
      return 'applied';
    }
    if (used?.name !== HOME_VOLUME) return 'done';
    const settings = { sizeGb: Math.max(Number(used.settings['sizeGb']), Number(source.settings['sizeGb'])) };
    used.name = freeName(things, spec.name);
    copy(things, source, { ...common, id: `volume-${launchId}-restored`, type: 'volume', name: HOME_VOLUME, settings });
    const machine = things.find(({ type, mark }) => type === 'machine' && mark === spec.name);
    if (machine !== undefined) {
      platform.inside.killAll(machine.id);
      // What was in memory belongs to the other volume.
      if (machine.power === 'suspended') machine.power = 'stopped';
    }
    return 'applied';
  });
  if (done === 'gone') throw unknownSnapshot(restores ?? resource.name);
  if (done === 'applied' && replaces !== undefined) {
    platform.tell(spec.name, { at: createdAt, kind: 'other', cause: 'user', message: 'a snapshot was restored' });
  }
  return done === 'done'
    ? { status: 'skipped', reason: 'It is done already.', result: {} }
    : { status: 'applied', result: {} };

  function copy(things: Thing[], from: Thing, made: Thing): void {
    things.push(made);
    for (const [path, content] of platform.inside.files(from.id)) platform.inside.files(made.id).set(path, content);
  }
}

/** Every snapshot of the environment, newest first. */
export async function listSnapshots(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  context: OperationContext,
): Promise<VolumeSnapshot[]> {
  const things = await listThings(platform, spec, context);
  return things
    .filter(({ type, mark }) => type === 'snapshot' && mark === spec.name)
    .map(({ name, settings, createdAt }): VolumeSnapshot => ({
      id: name,
      volume: String(settings['volume']),
      createdAt,
      sizeGb: Number(settings['sizeGb']),
      state: 'ready',
      expiresAt: null,
    }))
    .reverse();
}

function create(volume: ObservedResource, snapshots: readonly ObservedResource[]): Change {
  const numbers = snapshots.map(({ name }) => Number(/\d+$/.exec(name)?.[0] ?? 0));
  const name = `snapshot-${Math.max(0, ...numbers) + 1}`;
  return {
    ...base({ id: `snapshot:${name}`, type: 'snapshot', name }, 'create'),
    title: `take ${name} of volume ${volume.name}`,
    impact: ['in-place', 'paid'],
    payload: { snapshotOf: thingOf(volume) },
  };
}

function restore(snapshot: ObservedResource, volume: ObservedResource, ours: readonly ObservedResource[]): Change {
  const runs = ours.some(({ type, data }) => type === 'machine' && data?.['power'] === 'running');
  return {
    ...base(volume, 'replace'),
    title: `restore ${snapshot.name} to volume ${volume.name}`,
    impact: [runs ? 'restart' : 'in-place', 'paid'],
    payload: { restores: thingOf(snapshot), replaces: thingOf(volume) },
  };
}

function remove(snapshot: ObservedResource): Change {
  return { ...base(snapshot, 'delete'), title: `delete ${snapshot.name}`, impact: ['data-loss'], payload: {} };
}

function base(
  { id, type, name }: Pick<ObservedResource, 'id' | 'type' | 'name'>,
  action: 'create' | 'replace' | 'delete',
): Pick<Change, 'id' | 'action' | 'resource' | 'differences' | 'monthlyCostDelta' | 'dependsOn'> {
  return {
    id: `${id}:${action}`,
    action,
    resource: { type, name },
    differences: [],
    monthlyCostDelta: null,
    dependsOn: [],
  };
}

function planOf(change: Change): ProviderPlan {
  return { changes: [change], notes: [], cost: null };
}

function thingOf({ data }: ObservedResource): string {
  return String(data?.['id']);
}

function freeName(things: readonly Thing[], environment: string): string {
  for (let number = 1; ; number++) {
    const name = `${HOME_VOLUME}-${number}`;
    if (!things.some((thing) => thing.type === 'volume' && thing.environment === environment && thing.name === name))
      return name;
  }
}

function requireVolume(ours: readonly ObservedResource[], name: string): ObservedResource {
  const volume = ours.find((resource) => resource.type === 'volume' && resource.name === name);
  if (volume !== undefined) return volume;
  throw new SindriError({
    code: 'REFERENCE_VOLUME_ABSENT',
    kind: 'refused',
    message: `There is no volume "${name}".`,
    hint: 'The status names the volumes that there are.',
  });
}

function requireSnapshot(snapshots: readonly ObservedResource[], id: string): ObservedResource {
  const snapshot = snapshots.find(({ name }) => name === id);
  if (snapshot !== undefined) return snapshot;
  throw unknownSnapshot(id);
}

function unknownSnapshot(id: string): SindriError {
  return new SindriError({
    code: 'REFERENCE_SNAPSHOT_UNKNOWN',
    kind: 'refused',
    message: `There is no snapshot "${id}".`,
    hint: 'List the snapshots of the environment.',
  });
}
