import type { EnvironmentSpec, JsonObject, Provider } from '@sindri/core';
import type { ConfigLoader, LoadedText } from './config-loader.js';

/** What a case may use that needs no platform. */
export interface PureBench {
  readonly provider: Provider;
  /** Aborted when the case has used up its time. */
  readonly signal: AbortSignal;
  /** Makes a further provider, as another process would. */
  createProvider(): Provider;
  /** Loads a `sindri.yaml` as a host would; all problems, and the spec when there is no error among them. */
  load(config: string): Promise<LoadedText>;
  /** The subject's config, else the smallest one; rejects when the provider refuses it. */
  loadSpec(): Promise<EnvironmentSpec>;
  /** Adds a remark to the report: what was looked at less closely, and why. */
  note(text: string): void;
}

export interface PureBenchOptions {
  create(): Provider;
  config: string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
  loader: ConfigLoader;
  signal: AbortSignal;
  note(text: string): void;
}

export function createPureBench({ create, config, env = {}, loader, signal, note }: PureBenchOptions): PureBench {
  const provider = create();
  const bench: PureBench = {
    provider,
    signal,
    createProvider: create,
    note,
    load: (text) => loader(provider, text, env),
    async loadSpec() {
      const { spec, problems } = await bench.load(config ?? smallestConfig(provider));
      if (spec !== null) return spec;
      throw new Error(`the config is refused: ${problems.map(({ path, message }) => `${path}: ${message}`).join(' ')}`);
    },
  };
  return bench;
}

/** As little as the provider accepts: what its options require, as its sample sets it, and `options` besides. */
export function smallestConfig(provider: Provider, options: JsonObject = {}): string {
  const required = (provider.optionsSchema['required'] ?? []) as readonly string[];
  const sample = Object.entries(provider.sample?.options ?? {}).filter(([name]) => required.includes(name));
  const block = { ...Object.fromEntries(sample), ...options };
  return [
    'version: "3.0"',
    'name: conformance',
    'deployment:',
    `  provider: ${provider.name}`,
    // JSON is YAML.
    ...(Object.keys(block).length === 0 ? [] : ['providers:', `  ${provider.name}: ${JSON.stringify(block)}`]),
    '',
  ].join('\n');
}
