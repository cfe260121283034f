import { runChanges } from '../apply/run-changes.js';
import type { OperationContext } from '../model/context.js';
import type { EnvironmentSpec, SecretBundle } from '../model/spec.js';
import type { Intent } from '../model/intent.js';
import type { JsonObject } from '../model/json.js';
import type { Observation, ObservedResource, ObserveRequest } from '../model/observation.js';
import type { ApplyReport, Plan } from '../model/plan.js';
import type { ConfigProblem } from '../model/problem.js';
import type { SourceReader } from '../model/source.js';
import { completePlan, requireSeen } from '../plan/complete-plan.js';
import type { ImagePolicy } from '../image/policy.js';
import { asksRegistries, settleImage, type SettledImage } from '../image/settle-image.js';
import { withImageDigest } from '../image/image-digest.js';
import { fingerprintPlan } from '../plan/fingerprint.js';
import { intentOf, readIntent, type IntentOptions } from '../plan/intent.js';
import { orderChanges } from '../plan/order.js';
import { callProvider, callProviderNow, requireApplyResult, requireObservation } from '../provider/call.js';
import type { ApplyContext, PlanRequest } from '../provider/contract.js';
import { requireIntent } from '../provider/intents.js';
import { describeBuild, isBuilt, requireBuilds, settleSource } from '../source/settle-source.js';
import { redactOutcome } from '../redact/redacted.js';
import { consentReasons, requireConsent, type ConsentMemory } from './consents.js';
import { findSecrets, NO_SECRETS, takeSecrets, type SecretSubject } from './find-secrets.js';
import { invalidConfig } from '../config/invalid-config.js';
import { FRESH_MS, foldSeen, sawEverything } from './last-look.js';
import { explainEnd, runPhase } from './operation.js';
import { coreError } from '../model/core-error.js';
import { SindriError } from '../model/errors.js';

/** How long running changes may take to end after a cancel, in ms. */
const GRACE_MS = 10_000;
const DEFAULT_CONCURRENCY = 4;
const DEFAULT_LOCK_TIMEOUT_MS = 60_000;

/** What planning works on. */
export interface PlanningSubject extends SecretSubject {
  /** What people call the place where it is looked. */
  title: string;
  /** What is worth a look in the config. */
  warnings: readonly ConfigProblem[];
  /** What stops a deploy, and nothing else. */
  deployProblems: readonly ConfigProblem[];
  consents: ConsentMemory;
  /** How images are found; `null` = not at all. */
  images: ImagePolicy | null;
  /** How git repositories are read; `null` = not at all. */
  sources: SourceReader | null;
}

/** What to plan; without an intent, a deploy. */
export type PlanOptions = IntentOptions & GivenSecrets;

/** Values that no config has. */
export interface GivenSecrets {
  /** With the intent `secrets.set`: the value of every name in `set`. Kept out of the plan. */
  secretValues?: Readonly<Record<string, string>>;
}

/** Limits of an apply. */
export interface ApplyOptions extends GivenSecrets {
  /** How long to wait for somebody else's lock, in ms. Default 60000. */
  lockTimeoutMs?: number;
  /** For the whole of apply, in ms. Default: no limit. */
  timeoutMs?: number;
  /** Do not wait until the environment can be used: the platform's word that it accepted each change is enough. Default false. */
  detach?: boolean;
  /** Whether the user agrees to what `plan.consents` lists; it is then remembered. Default false. */
  consent?: boolean;
  /** How many independent changes may run at once. Default 4. */
  concurrency?: number;
}

/** What a plan was made from; `apply` needs it again. */
export interface PlanBasis {
  plan: Plan;
  observation: Observation;
  secrets: SecretBundle;
  /** What the provider was given: the config's, with the image that was found. */
  spec: EnvironmentSpec;
  /** When it was observed, ms since the epoch. */
  observedAt: number;
}

export async function observe(
  subject: PlanningSubject,
  context: OperationContext,
  request: ObserveRequest = {},
): Promise<Observation> {
  const { provider, spec, title } = subject;
  return runPhase(context, 'observe', `Look at what exists on ${title}`, async () => {
    const seen = await callProvider(provider, 'observe', () => provider.observe(spec, context, request));
    const observation = requireObservation(provider, spec.name, seen);
    // What a platform calls its things is no secret, even where a secret has the same value.
    for (const { type } of observation.resources) subject.redactor.allow(type);
    return observation;
  });
}

/** Observe, unless what is there is `known`, and plan; changes nothing. What needs no request is found before any: a missing secret, a config that cannot be made. */
export async function makePlan(
  subject: PlanningSubject,
  options: PlanOptions,
  context: OperationContext,
  known: Observation | null = null,
): Promise<PlanBasis> {
  const { provider } = subject;
  const intent = readIntent(options);
  requireIntent(provider, intent);
  if (intent.intent === 'deploy') requireDeployable(subject.spec, subject.deployProblems);
  // Whoever takes an environment down, or changes one thing, needs none of its secrets, and may no longer have them.
  const secrets = await secretsFor(intent, subject, options, context);
  context.signal.throwIfAborted();
  const wanted = await settleWanted(subject, intent, context);
  const { spec } = wanted;
  const observation = known ?? (await observe({ ...subject, spec }, wanted.context, { intent: intent.intent }));
  const observedAt = context.clock.now();
  const request: PlanRequest = { ...intent, spec, secrets: secrets.entries };
  const planned = callProviderNow(provider, 'plan', () => provider.plan(request, observation));
  const image = await wanted.image(observation);
  const consents = await subject.consents.missing(
    consentReasons(spec.baseDir, secrets.entries, warningsFor(subject, intent)),
  );
  const plan = completePlan({
    ...request,
    provider: provider.name,
    observation,
    planned,
    nowMs: observedAt,
    consents,
    ...(image === null ? {} : { image }),
  });
  requireSeen(plan);
  return { plan, observation, secrets, spec, observedAt };
}

/** What an intent is about, once everything outside of the platform was asked. */
interface Wanted {
  spec: EnvironmentSpec;
  /** For the provider. */
  context: OperationContext;
  /** What the plan says of the image; `null` = nothing. */
  image(observation: Observation): Promise<SettledImage | null>;
}

async function settleWanted(subject: PlanningSubject, intent: Intent, context: OperationContext): Promise<Wanted> {
  const { spec, provider, images, sources } = subject;
  if (intent.intent !== 'deploy') return { spec, context, image: async () => null };
  // Whoever is not signed in hears of it before anybody else is asked.
  await callProvider(provider, 'signIn.requireSource', async () => provider.signIn?.requireSource?.(context));
  if (!isBuilt(spec)) {
    const settled = await findImage(subject, context);
    return { spec: settled.spec, context, image: async () => settled };
  }
  requireBuilds(provider);
  const found = await runPhase(context, 'source', 'Find the commit', () => settleSource(spec, sources, context));
  return {
    spec: found,
    context: withImageDigest(provider, images, context),
    image: (observation) => describeBuild(found, provider, images, observation),
  };
}

function secretsFor(
  intent: Intent,
  subject: SecretSubject,
  { secretValues }: GivenSecrets,
  context: OperationContext,
): Promise<SecretBundle> {
  if (intent.intent === 'deploy') return findSecrets(subject, context);
  return intent.intent === 'secrets.set' ? takeSecrets(subject, intent.set, secretValues) : Promise.resolve(NO_SECRETS);
}

/** See {@link settleImage}; told as a phase only where somebody is asked. */
export async function findImage(subject: PlanningSubject, context: OperationContext): Promise<SettledImage> {
  const { spec, provider, images } = subject;
  const settle = (): Promise<SettledImage> => settleImage(spec, provider, images, context);
  const asks = images !== null && spec.buildFromSource === undefined && asksRegistries(provider, context);
  return asks ? runPhase(context, 'image', 'Find the image', settle) : settle();
}

/** Throws `CONFIG_INVALID` for what stops a deploy, and nothing else. */
export function requireDeployable({ name }: EnvironmentSpec, deployProblems: readonly ConfigProblem[]): void {
  if (deployProblems.length > 0) throw invalidConfig(`The config of ${name}`, deployProblems);
}

/** Only a deploy sends what the config says. */
function warningsFor({ warnings }: PlanningSubject, { intent }: Intent): readonly ConfigProblem[] {
  return intent === 'deploy' ? warnings : [];
}

/** Throws `PLAN_INVALID` for a plan that is not one, was edited, or belongs to something else. */
export function requireOwnPlan(subject: PlanningSubject, plan: Plan): void {
  const { provider, spec } = subject;
  const invalid = (message: string, hint: string): SindriError =>
    coreError({ code: 'PLAN_INVALID', kind: 'usage', message, hint });
  const again = 'Make a new plan, and apply that.';
  if (typeof plan !== 'object' || plan === null || plan.schema !== 'sindri.plan/1' || !Array.isArray(plan.changes)) {
    throw invalid('This is no plan that this version of Sindri knows.', again);
  }
  if (plan.environment !== spec.name || plan.provider !== provider.name) {
    throw invalid(
      `This plan is for the environment "${plan.environment}" on "${plan.provider}", not for "${spec.name}" on "${provider.name}".`,
      'Apply it with the config that it was made from.',
    );
  }
  if (fingerprintPlan(plan) !== plan.fingerprint) throw invalid('This plan was changed after it was made.', again);
}

/**
 * The basis on which `plan` may be applied: the remembered one while it is fresh, else a new look that must lead to the very
 * same plan. Throws `PLAN_STALE` when it does not.
 */
export async function currentBasis(
  subject: PlanningSubject,
  plan: Plan,
  remembered: PlanBasis | undefined,
  context: OperationContext,
  given: GivenSecrets = {},
): Promise<PlanBasis> {
  if (remembered !== undefined && context.clock.now() - remembered.observedAt < FRESH_MS) return remembered;
  const secretValues = given.secretValues ?? valuesOf(remembered);
  const basis = await makePlan(
    subject,
    { ...intentOf(plan), ...(secretValues === undefined ? {} : { secretValues }) },
    context,
  );
  if (basis.plan.fingerprint === plan.fingerprint) return basis;
  throw coreError({
    code: 'PLAN_STALE',
    kind: 'incomplete',
    message:
      basis.plan.specHash === plan.specHash
        ? 'The environment has changed since this plan was made.'
        : 'The config or a secret has changed since this plan was made.',
    hint: 'Look at a new plan, and apply that. Nothing was changed.',
    details: { planned: plan.fingerprint, current: basis.plan.fingerprint },
  });
}

function valuesOf(basis: PlanBasis | undefined): Record<string, string> | undefined {
  if (basis?.plan.intent !== 'secrets.set') return undefined;
  return Object.fromEntries(basis.secrets.entries.map(({ name }) => [name, basis.secrets.reveal(name)]));
}

/** How an apply ended. */
export interface AppliedPlan {
  report: ApplyReport;
  /** What is there now, as far as the changes have seen it themselves; `null` when somebody has to look. */
  seen: Observation | null;
}

/** Performs the changes of a plan. Rejects as `Environment.apply` promises. */
export async function applyPlan(
  subject: PlanningSubject,
  basis: PlanBasis,
  options: ApplyOptions,
  context: OperationContext,
): Promise<AppliedPlan> {
  const { provider, redactor } = subject;
  const { plan, observation, secrets, spec } = basis;
  const { signal, clock } = context;
  if (options.consent === true) await subject.consents.remember(plan.consents ?? []);
  else requireConsent(plan);
  const started = clock.now();
  const shared = {
    ...(isBuilt(spec) ? withImageDigest(provider, subject.images, context) : context),
    spec,
    observation,
    secrets,
    launchId: createLaunchId(context.random),
    lockTimeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
    detach: options.detach ?? false,
  };
  const seen = new Map<string, readonly ObservedResource[] | undefined>();
  const { outcomes, failures, complete } = await runPhase(
    context,
    'apply',
    'Apply the plan',
    () =>
      runChanges({
        changes: orderChanges(plan.changes, provider.name),
        concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
        signal,
        graceMs: GRACE_MS,
        emit: context.emit,
        clock,
        async perform(change, results) {
          const applyContext: ApplyContext = { ...shared, results };
          const result = await callProvider(provider, 'apply', () => provider.apply(change, applyContext));
          const checked = requireApplyResult(provider, change.id, result);
          seen.set(change.id, checked.seen);
          return checked;
        },
      }),
    // A phase with a failed change in it has failed, though the changes beside it went on.
    (end) => end.complete,
  );
  const ended = signal.aborted && !complete;
  const error = ended ? explainEnd(signal.reason, signal) : failures[0];
  const report: ApplyReport = {
    schema: 'sindri.apply/1',
    environment: spec.name,
    provider: provider.name,
    intent: plan.intent,
    status: error === undefined ? 'succeeded' : ended && error.kind === 'cancelled' ? 'cancelled' : 'failed',
    outcomes: outcomes.map((outcome) => redactOutcome(redactor, outcome)),
    elapsedMs: clock.now() - started,
  };
  if (error !== undefined) throw withReport(error, report);
  return { report, seen: sawEverything(plan) ? foldSeen(observation, seen.values()) : null };
}

/** The first failure speaks for all; the report tells the rest. */
function withReport(error: SindriError, report: ApplyReport): SindriError {
  return new SindriError({
    code: error.code,
    kind: error.kind,
    message: error.message,
    hint: error.hint,
    retryable: error.retryable,
    details: { ...error.details, report: report as unknown as JsonObject },
    cause: error.cause ?? error,
  });
}

/** 64 random bits: enough to find this run's own creations among everybody's. */
function createLaunchId(random: () => number): string {
  return Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
}
