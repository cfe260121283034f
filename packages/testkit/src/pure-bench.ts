import { tmpdir } from 'node:os';
import { createProviderRegistry, validateConfig, type ConfigProblem, type EnvironmentSpec, type Provider } from '@sindri/core';

/** What a case may use that needs no platform. */
export interface PureBench {
  readonly provider: Provider;
  /** Aborted when the case has used up its time. */
  readonly signal: AbortSignal;
  /** Makes a further provider, as another process would. */
  createProvider(): Provider;
  /** Loads a `sindri.yaml` as a host would; all problems, and the spec when there is no error among them. */
  load(config: string): Promise<{ spec: EnvironmentSpec | null; problems: ConfigProblem[] }>;
  /** The subject's config, else the smallest one; rejects when the provider refuses it. */
  loadSpec(): Promise<EnvironmentSpec>;
  /** Adds a remark to the report: what was looked at less closely, and why. */
  note(text: string): void;
}

export interface PureBenchOptions {
  create(): Provider;
  config: string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  note(text: string): void;
}

export function createPureBench({ create, config, env = {}, signal, note }: PureBenchOptions): PureBench {
  const provider = create();
  const bench: PureBench = {
    provider,
    signal,
    createProvider: create,
    note,
    async load(text) {
      const providers = createProviderRegistry([provider]);
      const { spec, problems } = await validateConfig({ text, cwd: tmpdir() }, { env, providers });
      return { spec: problems.some(({ severity }) => severity === 'error') ? null : spec, problems };
    },
    async loadSpec() {
      const { spec, problems } = await bench.load(config ?? smallestConfig(provider));
      if (spec !== null) return spec;
      throw new Error(`the config is refused: ${problems.map(({ path, message }) => `${path}: ${message}`).join(' ')}`);
    },
  };
  return bench;
}

/** What every provider without required options accepts. */
export function smallestConfig(provider: Provider): string {
  return ['version: "3.0"', 'name: conformance', 'deployment:', `  provider: ${provider.name}`, ''].join('\n');
}
