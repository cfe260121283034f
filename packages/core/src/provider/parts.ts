import { isSindriError } from '../model/errors.js';
import type { ObservedResource } from '../model/observation.js';
import type { CostReport, CostSummary } from '../model/cost.js';
import type { Change, ChangeAction } from '../model/plan.js';
import type { VolumeSnapshot } from '../model/snapshot.js';
import type { EnvironmentSummary } from '../model/summary.js';
import type { ApplyResult } from './contract.js';

/**
 * A change of a plan, for which a provider says only what is special about it: otherwise nothing differs, it happens in place, costs nothing
 * and needs no other change before it. Its id is that of its resource and the action, `container:create`, and its title says both.
 */
export function makeChange<Payload extends object>(
  part: Pick<Change<Payload>, 'action' | 'resource' | 'payload'> & Partial<Change<Payload>>,
): Change<Payload> {
  return {
    id: `${part.resource.type}:${part.action}`,
    title: `${part.action} ${part.resource.type} ${part.resource.name}`,
    differences: [],
    impact: ['in-place'],
    monthlyCostDelta: 0,
    dependsOn: [],
    ...part,
  };
}

/**
 * {@link makeChange} for a resource as it was seen. The types in `several` may be there more than once: the ids of their changes have the name
 * in them, too.
 */
export function changeMaker<Payload extends object>(
  several: readonly string[],
): (
  action: ChangeAction,
  resource: Change['resource'],
  more?: Partial<Change<Payload>>,
) => Change<Payload | Record<string, never>> {
  return (action, { type, name }, more = {}) => {
    const id = several.includes(type) ? { id: `${type}:${name}:${action}` } : {};
    return makeChange<Payload | Record<string, never>>({
      ...id,
      action,
      resource: { type, name },
      payload: {},
      ...more,
    });
  };
}

/**
 * A resource as an answer of the platform shows it: `read` returns its mark and its data, or `null` when there is none. An answer that did
 * not come makes it `unobserved`, with the reason.
 */
export function makeResource<Answer, Data extends object>(
  identity: Pick<ObservedResource, 'id' | 'type' | 'name'>,
  answer: PromiseSettledResult<Answer>,
  read: (value: Answer) => { owned: boolean; data: Data } | null,
): ObservedResource<Data> {
  if (answer.status === 'rejected') {
    const reason: unknown = answer.reason;
    return { ...identity, status: 'unobserved', reason: isSindriError(reason) ? reason.message : String(reason) };
  }
  const seen = read(answer.value);
  return seen === null ? { ...identity, status: 'absent' } : { ...identity, status: 'present', ...seen };
}

/**
 * Resources as a list of the platform shows them: those that `read` finds in it, in the order of their ids. A list that did not come makes
 * `first` unobserved; one without anything of its type makes it absent.
 */
export function makeResources<Answer, Data extends object>(
  first: Pick<ObservedResource, 'id' | 'type' | 'name'>,
  answer: PromiseSettledResult<Answer>,
  read: (value: Answer) => (Pick<ObservedResource, 'type' | 'name'> & { owned: boolean; data: Data })[],
): ObservedResource<Data>[] {
  if (answer.status === 'rejected') return [makeResource<Answer, Data>(first, answer, () => null)];
  const found = read(answer.value).map((one): ObservedResource<Data> => ({
    id: `${one.type}:${one.name}`,
    status: 'present',
    ...one,
  }));
  found.sort((a, b) => (a.id < b.id ? -1 : 1));
  return found.some(({ type }) => type === first.type) ? found : [{ ...first, status: 'absent' }, ...found];
}

const HALF = 'A deploy or a destroy was interrupted; running it again continues.';

/** A summary in which everything that the provider does not say is unknown, or does not exist at its platform. */
export function makeSummary(
  part: Pick<EnvironmentSummary, 'environment' | 'provider' | 'state'> & Partial<EnvironmentSummary>,
): EnvironmentSummary {
  return {
    ...(part.state === 'incomplete' ? { stateReason: HALF } : {}),
    platformState: null,
    image: null,
    region: null,
    addresses: [],
    cost: null,
    idleBehaviour: null,
    details: {},
    ...part,
    timestamps: { createdAt: null, startedAt: null, stoppedAt: null, updatedAt: null, ...part.timestamps },
    resources: { memoryMb: null, cpus: null, volumeGb: null, ...part.resources },
  };
}

/** The cost of a platform that is somebody's own computer. */
export const freeOfCharge: CostSummary = {
  currency: 'USD',
  monthlyRunning: 0,
  monthlyIdle: 0,
  items: [],
  pricesAsOf: null,
};

/** The member `cost` of such a platform, from a summary of now. */
export function freeReport({ state }: Pick<EnvironmentSummary, 'state'>): CostReport {
  return { ...freeOfCharge, of: state === 'absent' ? 'config' : 'deployed', soFar: null, rates: [] };
}

/** The list of `snapshots`, newest first; what a provider does not say is unknown. One without a time is being made, and the newest. */
export function makeSnapshots(
  parts: readonly (Pick<VolumeSnapshot, 'id' | 'volume' | 'createdAt' | 'state'> & Partial<VolumeSnapshot>)[],
): VolumeSnapshot[] {
  const rank = ({ createdAt }: VolumeSnapshot): string => createdAt ?? '~';
  const snapshots = parts.map((part): VolumeSnapshot => ({ sizeGb: null, expiresAt: null, ...part }));
  return snapshots.sort((a, b) => (rank(a) < rank(b) ? 1 : rank(a) > rank(b) ? -1 : 0));
}

/** How a change ended that was made; `result` is what is now there, for later changes. */
export function applied<Result extends object = Record<string, never>>(result?: Result): ApplyResult<Result, never> {
  return { status: 'applied', result: result ?? ({} as Result) };
}

/** How a change ended for which nothing was left to do, and why: `it is there`. */
export function skipped<Result extends object = Record<string, never>>(reason: string): ApplyResult<Result, never> {
  return { status: 'skipped', reason, result: {} as Result };
}
