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
import { toDesired, type DesiredThing } from './desired.js';

const VOLUME_USD_PER_GB = 0.15;
const MACHINE_USD_PER_GB = 5;
const KEEPABLE = ['volume', 'secret', 'machine'];

/** Compares what is wanted with what is there. No clock, no I/O: the same inputs give the same plan, always. */
export function planReference(request: PlanRequest, observation: Observation): ProviderPlan {
  return request.intent === 'destroy' ? planDestroy(request, observation) : planDeploy(request, observation);
}

function planDeploy({ spec, secrets }: PlanRequest, { resources }: Observation): ProviderPlan {
  const desired = toDesired(spec, secrets);
  const changes: Change[] = [];
  for (const thing of desired) {
    const seen = resources.find(({ id }) => id === thing.id);
    // Nobody knows whether it exists: leave it. Core tells people that it could not be read.
    if (seen?.status === 'unobserved') continue;
    if (seen?.status !== 'present') changes.push(create(thing));
    else if (seen.owned !== true) throw nameTaken(thing);
    else changes.push(...update(thing, (seen.data?.['settings'] ?? {}) as JsonObject));
  }
  const wanted = new Set(desired.map(({ id }) => id));
  for (const resource of resources) {
    if (!wanted.has(resource.id) && isOurs(resource)) changes.push(remove(resource, []));
  }
  const ids = new Set(changes.map(({ id }) => id));
  for (const change of changes) change.dependsOn = change.dependsOn.filter((id) => ids.has(id));
  return { changes, notes: [], cost: costOf(desired) };
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
    .map(([field, to]) => ({ field, from: current[field] ?? null, to }));
  if (differences.length === 0) return [];
  return [
    {
      ...identity(thing, 'update'),
      differences: differences.map(hideFingerprint),
      impact: [thing.type === 'machine' ? 'restart' : 'in-place'],
      monthlyCostDelta: monthly(thing) - monthly({ ...thing, settings: current }),
      dependsOn: thing.needs.map((id) => `${id}:update`),
      payload: { settings: thing.settings },
    },
  ];
}

function remove(resource: ObservedResource, dependsOn: string[]): Change {
  return {
    ...identity(resource, 'delete'),
    differences: [],
    impact: resource.type === 'volume' ? ['data-loss'] : ['in-place'],
    monthlyCostDelta: null,
    dependsOn,
    payload: {},
  };
}

function identity(
  { id, type, name }: { id: string; type: string; name: string },
  action: 'create' | 'update' | 'delete',
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

function costOf(desired: readonly DesiredThing[]): CostSummary {
  const items = desired
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
