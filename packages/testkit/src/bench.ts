import { randomBytes } from 'node:crypto';
import {
  systemClock,
  type ApplyResult,
  type Change,
  type EnvironmentSpec,
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
import { createPureBench, type PureBench } from './pure-bench.js';
import { canarySecrets, secretValues, withoutCredentials, CANARY_SECRET } from './secrets.js';
import type { Rig, Subject } from './subject.js';

/** What a case may use that needs a platform: the provider in its rig, and the short ways to bring it somewhere. */
export interface Bench extends PureBench {
  readonly rig: Rig;
  /** Of the subject's `config`, with one more secret whose value must never come out. */
  readonly spec: EnvironmentSpec;
  /** Of the subject's `changedConfig`, each with the same secret. */
  readonly changedSpecs: readonly EnvironmentSpec[];
  readonly secrets: SecretBundle;
  /** Texts that must not appear in anything the provider says. */
  readonly secretValues: readonly string[];
  /** Everything that the provider has emitted in this case. */
  readonly events: readonly SindriEvent[];
  context(overrides?: Partial<OperationContext>): OperationContext;
  /** {@link Bench.context} with an environment that holds no credentials. */
  contextWithoutCredentials(): OperationContext;
  observe(options?: { spec?: EnvironmentSpec; request?: ObserveRequest }): Promise<Observation>;
  plan(intent: 'deploy' | 'destroy', observation: Observation, options?: PlanningOptions): ProviderPlan;
  /** Performs changes by dependency. Lenient with a malformed plan: other cases judge that. */
  perform(changes: readonly Change[], observation: Observation, options?: BenchPerformOptions): Promise<ApplyResult[]>;
  /** Observe, plan, apply, observe. */
  deploy(options?: BenchPerformOptions): Promise<Observation>;
  /** The same with nothing wanted. */
  destroy(options?: BenchPerformOptions & { keep?: string[] }): Promise<Observation>;
  /** What exists at the platform; as far as the rig tells it, else as far as the provider sees it. */
  inventory(): Promise<string[]>;
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
  rig: Rig;
  stateDir: string;
  loader: ConfigLoader;
  signal: AbortSignal;
  note(text: string): void;
}

export async function createBench({ subject, rig, stateDir, loader, signal, note }: BenchOptions): Promise<Bench> {
  const env = rig.env ?? {};
  const pure = createPureBench({ create: () => subject.create(), config: subject.config, env, loader, signal, note });
  const { provider } = pure;
  const ofThisCase = (loaded: EnvironmentSpec): EnvironmentSpec => ({
    ...loaded,
    name: rig.name ?? loaded.name,
    secrets: [...loaded.secrets, CANARY_SECRET],
  });
  const spec = ofThisCase(await pure.loadSpec());
  const changedSpecs = await Promise.all(
    [subject.changedConfig].flat().map(async (text) => {
      const changed = await pure.load(text);
      if (changed.spec === null) throw new Error('the subject\'s "changedConfig" is refused by its provider');
      return ofThisCase(changed.spec);
    }),
  );
  const secrets = canarySecrets();
  const events: SindriEvent[] = [];

  const bench: Bench = {
    ...pure,
    rig,
    spec,
    changedSpecs,
    secrets,
    secretValues: secretValues(env),
    events,
    context: (overrides = {}) => ({
      signal,
      emit: (event) => void events.push(event),
      hide: () => undefined,
      clock: rig.clock ?? systemClock,
      random: Math.random,
      env,
      stateDir,
      ...(rig.dispatcher === undefined ? {} : { dispatcher: rig.dispatcher }),
      ...overrides,
    }),
    contextWithoutCredentials: () => bench.context({ env: withoutCredentials(env) }),
    observe: (options = {}) => provider.observe(options.spec ?? spec, bench.context(), options.request),
    plan(intent, observation, options = {}) {
      return (options.provider ?? provider).plan(
        {
          ...(intent === 'deploy'
            ? { intent }
            : { intent, ...(options.keep === undefined ? {} : { keep: options.keep }) }),
          spec: options.spec ?? spec,
          secrets: (options.secrets ?? secrets).entries,
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
      await bench.perform(bench.plan('deploy', before, options).changes, before, options);
      return bench.observe({ spec: wanted });
    },
    async destroy(options = {}) {
      const before = await bench.observe();
      await bench.perform(bench.plan('destroy', before, options).changes, before, options);
      return bench.observe();
    },
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
