import { isSindriError } from '../model/errors.js';
import type { ObservedResource } from '../model/observation.js';
import type { Change } from '../model/plan.js';
import type { EnvironmentSummary } from '../model/summary.js';

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

/** A summary in which everything that the provider does not say is unknown, or does not exist at its platform. */
export function makeSummary(
  part: Pick<EnvironmentSummary, 'environment' | 'provider' | 'state'> & Partial<EnvironmentSummary>,
): EnvironmentSummary {
  return {
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
