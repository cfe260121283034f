import {
  canonicalJson,
  SindriError,
  type Change,
  type CostSummary,
  type FieldDifference,
  type JsonObject,
  type JsonValue,
  type Observation,
  type ObservedResource,
  type PlanRequest,
  type ProviderPlan,
} from '@sindri/core';
import { planBuild } from './builds.js';
import { toDesired, type DesiredThing } from './desired.js';
import { planKeys } from './keys.js';
import { planSecrets } from './secrets.js';
import { planSnapshots, planVolumeDelete } from './snapshots.js';

const VOLUME_USD_PER_GB = 0.15;
const MACHINE_USD_PER_GB = 5;
const KEEPABLE = ['volume', 'secret', 'machine', 'snapshot'];

/** Compares what is wanted with what is there. No clock, no I/O: the same inputs give the same plan, always. */
export function planReference(request: PlanRequest, observation: Observation): ProviderPlan {
  switch (request.intent) {
    case 'deploy':
      return planDeploy(request, observation);
    case 'destroy':
      return planDestroy(request, observation);
    case 'volume.extend':
      return planExtend(request, observation);
    case 'volume.delete':
      return planVolumeDelete(request, observation);
    case 'snapshot.create':
    case 'snapshot.restore':
    case 'snapshot.delete':
      return planSnapshots(request, observation);
    case 'key.admit':
    case 'key.remove':
      return planKeys(request, observation);
    case 'secrets.set':
    case 'secrets.deploy':
    case 'secrets.protect':
      return planSecrets(request, observation);
  }
}

function planDeploy({ spec, secrets }: PlanRequest, observation: Observation): ProviderPlan {
  const { resources } = observation;
  const build = planBuild(spec, observation, toDesired(spec, secrets));
  const { desired } = build;
  const changes: Change[] = [...build.changes];
  for (const thing of desired) {
    const seen = resources.find(({ id }) => id === thing.id);
    // Nobody knows whether it exists: leave it. Core tells people that it could not be read.
    if (seen?.status === 'unobserved') continue;
    if (seen?.status !== 'present') changes.push(create(thing));
    else if (seen.owned !== true) throw nameTaken(thing);
    else changes.push(...update(thing, settingsOf(seen)));
  }
  const wanted = new Set(desired.map(({ id }) => id));
  for (const resource of resources) {
    // Data goes by acts of its own: a snapshot, and a volume that a restore has replaced.
    const holdsData = resource.type === 'volume' || resource.type === 'snapshot';
    // Set by an act of its own, it goes by one.
    const isApart = settingsOf(resource)['apart'] === true;
    if (!wanted.has(resource.id) && isOurs(resource) && !holdsData && !isApart) changes.push(remove(resource, []));
  }
  const start = startOf(resources, changes);
  if (start !== undefined) changes.push(start);
  const ids = new Set(changes.map(({ id }) => id));
  const builds = build.changes.map(({ id }) => id);
  for (const change of changes) {
    if (change.resource.type === 'machine') change.dependsOn = [...change.dependsOn, ...builds];
  }
  for (const change of changes) change.dependsOn = change.dependsOn.filter((id) => ids.has(id));
  return { changes, notes: [], cost: costOf(desired) };
}

/** Whoever deploys a change wants to use it, and what has failed is repaired; what merely sleeps is left asleep. */
function startOf(resources: Observation['resources'], changes: readonly Change[]): Change | undefined {
  const machine = resources.find((resource) => resource.type === 'machine' && isOurs(resource));
  const power = machine?.data?.['power'];
  if (machine === undefined || power === 'running' || changes.some(({ resource }) => resource.type === 'machine')) {
    return undefined;
  }
  if (power !== 'failed' && changes.length === 0) return undefined;
  return {
    ...identity(machine, 'start'),
    differences: [{ field: 'power', from: power ?? null, to: 'running' }],
    impact: ['in-place'],
    monthlyCostDelta: null,
    dependsOn: changes.map(({ id }) => id),
    payload: {},
  };
}

function planExtend(
  request: Extract<PlanRequest, { intent: 'volume.extend' }>,
  { resources }: Observation,
): ProviderPlan {
  const { sizeGb, volume: name = 'home' } = request;
  const volume = resources.find((resource) => resource.type === 'volume' && resource.name === name && isOurs(resource));
  if (volume === undefined) {
    throw new SindriError({
      code: 'REFERENCE_VOLUME_ABSENT',
      kind: 'refused',
      message: `There is no volume "${name}" that could be extended.`,
      hint: 'Deploy first.',
    });
  }
  const current = settingsOf(volume);
  if (Number(current['sizeGb']) > sizeGb) {
    throw new SindriError({
      code: 'REFERENCE_VOLUME_SHRINK',
      kind: 'usage',
      message: `The volume "${name}" has ${String(current['sizeGb'])} GB already: a volume can only grow.`,
      hint: 'Ask for a larger size.',
    });
  }
  const wanted: DesiredThing = { id: volume.id, type: 'volume', name, settings: { sizeGb }, needs: [] };
  return { changes: update(wanted, current), notes: [], cost: null };
}

/** The machine goes first: it uses the others. */
function planDestroy(request: PlanRequest, { resources }: Observation): ProviderPlan {
  const keep = request.intent === 'destroy' ? (request.keep ?? []) : [];
  const unknown = keep.find((type) => !KEEPABLE.includes(type));
  if (unknown !== undefined) {
    throw new SindriError({
      code: 'REFERENCE_KEEP_UNKNOWN',
      kind: 'usage',
      message: `There is no resource type "${unknown}" that could be kept.`,
      hint: `Types: ${KEEPABLE.join(', ')}.`,
    });
  }
  const going = resources.filter((resource) => isOurs(resource) && !keep.includes(resource.type));
  const machines = going.filter(({ type }) => type === 'machine').map(({ id }) => `${id}:delete`);
  const changes = going.map((resource) => remove(resource, resource.type === 'machine' ? [] : machines));
  return { changes, notes: [], cost: null };
}

function settingsOf(resource: ObservedResource): JsonObject {
  return (resource.data?.['settings'] ?? {}) as JsonObject;
}

function isOurs({ status, owned }: ObservedResource): boolean {
  return status === 'present' && owned === true;
}

function create(thing: DesiredThing): Change {
  return {
    ...identity(thing, 'create'),
    differences: [],
    impact: ['in-place', 'paid'],
    monthlyCostDelta: monthly(thing),
    dependsOn: thing.needs.map((id) => `${id}:create`),
    payload: { settings: thing.settings },
  };
}

function update(thing: DesiredThing, current: JsonObject): Change[] {
  const differences: FieldDifference[] = Object.entries(thing.settings)
    .filter(([field, to]) => canonicalJson(current[field] ?? null) !== canonicalJson(to))
    // A volume only grows: one that somebody has extended stays as it is.
    .filter(([field, to]) => field !== 'sizeGb' || Number(current[field] ?? 0) < Number(to))
    .map(([field, to]) => ({ field, from: current[field] ?? null, to }));
  if (differences.length === 0) return [];
  const anew = differences.some(({ field }) => thing.fixed?.includes(field));
  return [
    {
      ...identity(thing, anew ? 'replace' : 'update'),
      differences: differences.map(hideFingerprint),
      impact: [anew ? 'replace' : thing.type === 'machine' ? 'restart' : 'in-place'],
      monthlyCostDelta: monthly(thing) - monthly({ ...thing, settings: current }),
      dependsOn: thing.needs.flatMap((id) => [`${id}:create`, `${id}:update`]),
      payload: { settings: thing.settings },
    },
  ];
}

function remove(resource: ObservedResource, dependsOn: string[]): Change {
  return {
    ...identity(resource, 'delete'),
    differences: [],
    impact: resource.type === 'volume' || resource.type === 'snapshot' ? ['data-loss'] : ['in-place'],
    monthlyCostDelta: null,
    dependsOn,
    payload: {},
  };
}

function identity(
  { id, type, name }: { id: string; type: string; name: string },
  action: 'create' | 'update' | 'replace' | 'delete' | 'start',
): Pick<Change, 'id' | 'action' | 'resource' | 'title'> {
  return { id: `${id}:${action}`, action, resource: { type, name }, title: `${action} ${type} ${name}` };
}

function hideFingerprint({ field, from, to }: FieldDifference): FieldDifference {
  return field === 'fingerprint' ? { field: 'value', from: 'the old one', to: 'the new one' } : { field, from, to };
}

function nameTaken({ type, name }: DesiredThing): SindriError {
  return new SindriError({
    code: 'REFERENCE_NAME_TAKEN',
    kind: 'refused',
    message: `There is a ${type} called "${name}" already, and it is not ours.`,
    hint: 'Choose another name, or remove it by hand.',
  });
}

function monthly({ type, settings }: { type: string; settings: JsonObject }): number {
  const amount = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0);
  if (type === 'volume') return amount(settings['sizeGb']) * VOLUME_USD_PER_GB;
  return type === 'machine' ? (amount(settings['memoryMb']) / 1024) * MACHINE_USD_PER_GB : 0;
}

/** What things cost in a month, wanted or there. */
export function costOf(things: readonly Pick<DesiredThing, 'type' | 'name' | 'settings'>[]): CostSummary {
  const items = things
    .map((thing) => ({ title: `${thing.type} ${thing.name}`, monthly: monthly(thing) }))
    .filter((item) => item.monthly > 0);
  return {
    currency: 'USD',
    monthlyRunning: items.reduce((sum, item) => sum + item.monthly, 0),
    monthlyIdle: null,
    items,
    pricesAsOf: '2026-01-01',
  };
}
