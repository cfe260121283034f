import { randomBytes } from 'node:crypto';
import {
  systemClock,
  type ApplyResult,
  type Change,
  type ChangeImpact,
  type EnvironmentSpec,
  type EnvironmentSummary,
  type Intent,
  type Observation,
  type ObserveRequest,
  type OperationContext,
  type Provider,
  type ProviderPlan,
  type SecretBundle,
  type SindriEvent,
} from '@sindri/core';
import type { ConfigLoader } from './config-loader.js';
import { performChanges, type PerformOptions } from './perform-changes.js';
import type { OpenPlace } from './place.js';
import { createPureBench, type PureBench } from './pure-bench.js';
import { canarySecrets, canaryValues, credentialValues, withoutCredentials, CANARY_SECRET } from './secrets.js';
import type { ChangedConfig, Rig, Subject } from './subject.js';

/** What a case may use that needs a platform: the provider in its rig, and the short ways to bring it somewhere. */
export interface Bench extends PureBench {
  readonly subject: Subject;
  readonly rig: Rig;
  /** Of the subject's `config`, with one more secret whose value must never come out. */
  readonly spec: EnvironmentSpec;
  /** Of the subject's `changedConfig`, each with the same secret. */
  readonly variations: readonly Variation[];
  readonly secrets: SecretBundle;
  /** Texts that must not appear in anything the provider says. */
  readonly secretValues: readonly string[];
  /** Those of them that are credentials from the rig's variables. */
  readonly credentials: readonly string[];
  /** What the provider has asked to be hidden in this case. */
  readonly hidden: ReadonlySet<string>;
  /** Everything that the provider has emitted in this case. */
  readonly events: readonly SindriEvent[];
  context(overrides?: Partial<OperationContext>): OperationContext;
  /** {@link Bench.context} with an environment that holds no credentials. */
  contextWithoutCredentials(): OperationContext;
  /** The spec of a config, with this case's name and its secret; rejects when the provider refuses it. */
  specOf(config: string): Promise<EnvironmentSpec>;
  observe(options?: { spec?: EnvironmentSpec; request?: ObserveRequest }): Promise<Observation>;
  /** What was seen of the environment before the first deploy in this rig, by this case or by one that shares the rig with it. */
  untouched(): Promise<Observation>;
  plan(
    intent: 'deploy' | 'destroy' | Exclude<Intent, { intent: 'deploy' | 'destroy' }>,
    observation: Observation,
    options?: PlanningOptions,
  ): ProviderPlan;
  /** Performs changes by dependency. Lenient with a malformed plan: other cases judge that. */
  perform(changes: readonly Change[], observation: Observation, options?: BenchPerformOptions): Promise<ApplyResult[]>;
  /** Observe, plan, apply, observe. */
  deploy(options?: BenchPerformOptions): Promise<Observation>;
  /** The same with nothing wanted. */
  destroy(options?: BenchPerformOptions & { keep?: string[] }): Promise<Observation>;
  /** What people are told about it now. */
  summary(options?: { spec?: EnvironmentSpec }): Promise<EnvironmentSummary>;
  /** What exists at the platform; as far as the rig tells it, else as far as the provider sees it. */
  inventory(): Promise<string[]>;
}

/** Something else that may be wanted, see `ChangedConfig`. */
export interface Variation {
  spec: EnvironmentSpec;
  impact?: readonly ChangeImpact[];
  guessed: boolean;
}

export interface PlanningOptions {
  spec?: EnvironmentSpec;
  keep?: string[];
  secrets?: SecretBundle;
  provider?: Provider;
}

export type BenchPerformOptions = Partial<PerformOptions> & {
  spec?: EnvironmentSpec;
  secrets?: SecretBundle;
  signal?: AbortSignal;
};

export interface BenchOptions {
  subject: Subject;
  place: OpenPlace;
  loader: ConfigLoader;
  signal: AbortSignal;
  note(text: string): void;
}

export async function createBench({ subject, place, loader, signal, note }: BenchOptions): Promise<Bench> {
  const { rig, stateDir } = place;
  // What a case keeps must not get into the keyring of whoever runs it.
  const env = { SINDRI_KEYRING: 'none', ...rig.env };
  const pure = createPureBench({ create: () => subject.create(), config: subject.config, env, loader, signal, note });
  const { provider } = pure;
  const ofThisCase = (loaded: EnvironmentSpec): EnvironmentSpec => ({
    ...loaded,
    name: rig.name ?? loaded.name,
    secrets: [...loaded.secrets, CANARY_SECRET],
  });
  const spec = ofThisCase(await pure.loadSpec());
  const specOf = async (config: string, what: string): Promise<EnvironmentSpec> => {
    const { spec: loaded, problems } = await pure.load(config);
    if (loaded !== null) return ofThisCase(loaded);
    throw new Error(`${what} is refused: ${problems.map(({ path, message }) => `${path}: ${message}`).join(' ')}`);
  };
  const variations = await Promise.all(
    [subject.changedConfig].flat().map(async (item): Promise<Variation> => {
      const { config, impact, guessed }: ChangedConfig = typeof item === 'string' ? { config: item } : item;
      const changed = await specOf(config, 'the subject\'s "changedConfig"');
      return { spec: changed, ...(impact === undefined ? {} : { impact }), guessed: guessed === true };
    }),
  );
  const credentials = credentialValues(env, subject.credentials);
  const hidden = new Set<string>();
  const secrets = canarySecrets();
  const events: SindriEvent[] = [];

  const bench: Bench = {
    ...pure,
    subject,
    rig,
    spec,
    variations,
    secrets,
    secretValues: [...canaryValues(), ...credentials],
    credentials,
    hidden,
    events,
    context: (overrides = {}) => ({
      signal,
      emit: (event) => void events.push(event),
      hide: (value) => void hidden.add(value),
      clock: rig.clock ?? systemClock,
      random: Math.random,
      env,
      stateDir,
      ...(rig.dispatcher === undefined ? {} : { dispatcher: rig.dispatcher }),
      ...(rig.imageDigest === undefined ? {} : { imageDigest: rig.imageDigest }),
      ...overrides,
    }),
    contextWithoutCredentials: () => bench.context({ env: withoutCredentials(env, subject.credentials) }),
    specOf: (config) => specOf(config, 'the config'),
    observe: (options = {}) => provider.observe(options.spec ?? spec, bench.context(), options.request),
    untouched: async () => (place.untouched ??= await bench.observe()),
    plan(intent, observation, options = {}) {
      return (options.provider ?? provider).plan(
        {
          ...(typeof intent === 'object' ? intent : intent === 'deploy' ? { intent } : { intent, ...keeping(options) }),
          spec: options.spec ?? spec,
          secrets: setsSecrets(intent) ? (options.secrets ?? secrets).entries : [],
        },
        observation,
      );
    },
    perform(changes, observation, options = {}) {
      const { spec: wanted = spec, secrets: known = secrets, signal: stop, ...how } = options;
      const launchId = (): string => randomBytes(8).toString('hex');
      return performChanges(changes, {
        ...how,
        launchId,
        apply: (change, results, launch) =>
          provider.apply(change, {
            ...bench.context(stop === undefined ? {} : { signal: stop }),
            spec: wanted,
            observation,
            secrets: known,
            results,
            launchId: launch,
            lockTimeoutMs: 10_000,
            detach: false,
          }),
      });
    },
    async deploy(options = {}) {
      const wanted = options.spec ?? spec;
      const before = await bench.observe({ spec: wanted });
      if (wanted === spec) place.untouched ??= before;
      await bench.perform(bench.plan('deploy', before, options).changes, before, options);
      return bench.observe({ spec: wanted });
    },
    async destroy(options = {}) {
      const before = await bench.observe();
      await bench.perform(bench.plan('destroy', before, options).changes, before, options);
      return bench.observe();
    },
    summary: async (options = {}) => provider.summarize(options.spec ?? spec, await bench.observe(options)),
    async inventory() {
      if (rig.inventory !== undefined) return [...(await rig.inventory())].sort();
      const { resources } = await bench.observe();
      return resources
        .filter(({ status }) => status === 'present')
        .map(({ type, name }) => `${type} ${name}`)
        .sort();
    },
  };
  return bench;
}

function setsSecrets(intent: string | Intent): boolean {
  return intent === 'deploy' || (typeof intent === 'object' && intent.intent === 'secrets.set');
}

function keeping({ keep }: PlanningOptions): { keep?: string[] } {
  return keep === undefined ? {} : { keep };
}
