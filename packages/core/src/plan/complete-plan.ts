import type { SindriError } from '../model/errors.js';
import type { PlannedImage } from '../model/image.js';
import type { Intent } from '../model/intent.js';
import type { Observation } from '../model/observation.js';
import type { Change, ConsentReason, Plan, PlanNote, ProviderPlan, UnobservedResource } from '../model/plan.js';
import type { EnvironmentSpec, SecretInfo } from '../model/spec.js';
import { withExpected } from './expected-cost.js';
import { fingerprintPlan, hashSpec } from './fingerprint.js';
import { describeIntent, readIntent } from './intent.js';
import { orderChanges } from './order.js';
import { oldPricesText } from './price-age.js';
import { requireKnownWords } from './words.js';
import { coreError } from '../model/core-error.js';

/** A provider's plan, and what it was made from. */
export type CompletePlanRequest = Intent & {
  /** The name of the provider that made `planned`. */
  provider: string;
  spec: EnvironmentSpec;
  secrets: readonly SecretInfo[];
  observation: Observation;
  planned: ProviderPlan;
  /** When it is planned, ms since the epoch: old prices are told. Absent = nothing is said of their age. */
  nowMs?: number;
  /** What needs a consent, should anything be sent. */
  consents?: readonly ConsentReason[];
  /** The image that was found for it, and what is to be said of that. */
  image?: { image: PlannedImage | null; notes: readonly PlanNote[] };
};

/**
 * Makes a whole {@link Plan} of what a provider planned: changes in order, hashes, what could not be read, and a note for each.
 *
 * Throws `PLAN_UNOBSERVED` when a change acts on a resource that could not be read: what is not seen must not be
 * created again, nor deleted. Throws `PROVIDER_BROKEN` for a plan that cannot be ordered or uses words that do not exist.
 */
export function completePlan(request: CompletePlanRequest): Plan {
  const { provider, spec, secrets, observation, planned, nowMs, consents = [], image, ...rest } = request;
  const intent = readIntent(rest);
  requireKnownWords(planned.changes, provider);
  const changes = orderChanges(planned.changes, provider);
  const unseen = unobserved(observation);
  refuseBlindChanges(changes, unseen);
  const content: Omit<Plan, 'fingerprint'> = {
    schema: 'sindri.plan/1',
    environment: spec.name,
    provider,
    ...describeIntent(intent),
    ...(image?.image ? { image: image.image } : {}),
    ...(unseen.length === 0 ? {} : { unobserved: unseen }),
    specHash: hashSpec({ spec, secrets, ...intent }),
    changes,
    ...(secrets.length === 0 ? {} : { secrets: secrets.map(({ name, origin }) => ({ name, origin })) }),
    ...(changes.length === 0 || consents.length === 0 ? {} : { consents: [...consents] }),
    notes: [
      ...(image?.notes ?? []),
      ...planned.notes,
      ...(changes.length === 0 ? [] : secrets.filter(({ privateKey }) => privateKey === true).map(privateKeyNote)),
      ...unseen.map(noteFor),
      ...priceNotes(planned, nowMs),
    ],
    cost: planned.cost ? withExpected(planned.cost) : planned.cost,
    ...(planned.currency === undefined ? {} : { currency: planned.currency }),
    ...(planned.budget === undefined ? {} : { budget: planned.budget }),
  };
  return { ...content, fingerprint: fingerprintPlan(content) };
}

/**
 * Throws `PLAN_UNOBSERVED` for a plan that is empty while something could not be read: that there is nothing to do is then
 * nobody's knowledge.
 */
export function requireSeen({ changes, unobserved: unseen = [] }: Plan): void {
  if (changes.length > 0 || unseen.length === 0) return;
  throw notSeen(unseen, `Nobody knows whether there is anything to do: ${names(unseen)} could not be read.`, []);
}

function refuseBlindChanges(changes: readonly Change[], unseen: readonly UnobservedResource[]): void {
  const isAbout = ({ resource }: Change, { type, name }: UnobservedResource): boolean =>
    type === resource.type && name === resource.name;
  const blind = changes.filter((change) => unseen.some((resource) => isAbout(change, resource)));
  if (blind.length === 0) return;
  const about = unseen.filter((resource) => blind.some((change) => isAbout(change, resource)));
  throw notSeen(
    unseen,
    `No safe plan is possible: ${names(about)} could not be read, so nobody knows whether it exists.`,
    blind.map(({ id }) => id),
  );
}

function notSeen(unseen: readonly UnobservedResource[], message: string, changes: string[]): SindriError {
  return coreError({
    code: 'PLAN_UNOBSERVED',
    kind: 'incomplete',
    message,
    hint: 'Nothing was changed. Run the command again; if it stays like this, look at the reason above.',
    retryable: true,
    details: { changes, resources: unseen.map((resource) => ({ ...resource })) },
  });
}

function unobserved({ resources }: Observation): UnobservedResource[] {
  return resources
    .filter(({ status }) => status === 'unobserved')
    .map(({ id, type, name, reason }) => ({ id, type, name, reason: reason ?? null }));
}

function names(resources: readonly UnobservedResource[]): string {
  return resources
    .map(({ type, name, reason }) => `${type} ${name}${reason === null ? '' : ` (${reason})`}`)
    .join(', ');
}

function privateKeyNote({ name, origin }: SecretInfo): PlanNote {
  return {
    level: 'warning',
    code: 'SECRET_PRIVATE_KEY',
    message: `${name} holds a private key (from ${origin}); the environment gets it.`,
  };
}

function priceNotes({ cost }: ProviderPlan, nowMs: number | undefined): PlanNote[] {
  const message = nowMs === undefined ? null : oldPricesText(cost, nowMs);
  return message === null ? [] : [{ level: 'warning', code: 'PLAN_PRICES_OLD', message }];
}

function noteFor(resource: UnobservedResource): PlanNote {
  return {
    level: 'warning',
    code: 'PLAN_RESOURCE_UNOBSERVED',
    message: `${names([resource])} could not be read; this plan leaves it as it is.`,
  };
}
