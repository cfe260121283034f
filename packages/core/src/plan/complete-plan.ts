import { SindriError } from '../model/errors.js';
import type { EnvironmentSpec, SecretInfo } from '../model/spec.js';
import type { Observation, ObservedResource } from '../provider/contract.js';
import { fingerprintPlan, hashSpec } from './fingerprint.js';
import { orderChanges } from './order.js';
import type { Change, Plan, PlanIntent, PlanNote, ProviderPlan } from '../model/plan.js';

/** A provider's plan, and what it was made from. */
export interface CompletePlanRequest {
  /** The name of the provider that made `planned`. */
  provider: string;
  spec: EnvironmentSpec;
  intent: PlanIntent;
  /** Resource types that a destroy leaves in place. */
  keep?: readonly string[];
  secrets: readonly SecretInfo[];
  observation: Observation;
  planned: ProviderPlan;
}

/**
 * Makes a whole {@link Plan} of what a provider planned: changes in order, hashes, and a note for every resource that could
 * not be read.
 *
 * Throws `PLAN_UNOBSERVED` when a change acts on a resource that could not be read: what is not seen must not be
 * created again, nor deleted. Throws `PROVIDER_BROKEN` for a plan that cannot be ordered.
 */
export function completePlan(request: CompletePlanRequest): Plan {
  const { provider, spec, intent, secrets, keep, observation, planned } = request;
  const changes = orderChanges(planned.changes, provider);
  refuseBlindChanges(changes, observation);
  const kept = intent === 'destroy' ? [...new Set(keep ?? [])].sort() : [];
  const content: Omit<Plan, 'fingerprint'> = {
    schema: 'sindri.plan/1',
    environment: spec.name,
    provider,
    intent,
    ...(kept.length === 0 ? {} : { keep: kept }),
    specHash: hashSpec({ spec, intent, secrets, keep: kept }),
    changes,
    notes: [...planned.notes, ...unobserved(observation).map(noteFor)],
    cost: planned.cost,
  };
  return { ...content, fingerprint: fingerprintPlan(content) };
}

function refuseBlindChanges(changes: readonly Change[], observation: Observation): void {
  const unseen = unobserved(observation);
  const blind = changes.filter(({ resource }) =>
    unseen.some(({ type, name }) => type === resource.type && name === resource.name),
  );
  if (blind.length === 0) return;
  const reasons = unseen
    .filter(({ type, name }) => blind.some(({ resource }) => type === resource.type && name === resource.name))
    .map(({ type, name, reason }) => `${type} ${name}${reason === undefined ? '' : ` (${reason})`}`);
  throw new SindriError({
    code: 'PLAN_UNOBSERVED',
    kind: 'incomplete',
    message: `No safe plan is possible: ${reasons.join(', ')} could not be read, so nobody knows whether it exists.`,
    hint: 'Nothing was changed. Run the command again; if it stays like this, look at the reason above.',
    retryable: true,
    details: {
      changes: blind.map(({ id }) => id),
      resources: unseen.map(({ id, type, name, reason }) => ({ id, type, name, reason: reason ?? null })),
    },
  });
}

function unobserved(observation: Observation): ObservedResource[] {
  return observation.resources.filter(({ status }) => status === 'unobserved');
}

function noteFor({ type, name, reason }: ObservedResource): PlanNote {
  return {
    level: 'warning',
    code: 'PLAN_RESOURCE_UNOBSERVED',
    message: `${type} ${name} could not be read${reason === undefined ? '' : ` (${reason})`}; this plan leaves it as it is.`,
  };
}
