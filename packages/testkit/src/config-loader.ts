import { tmpdir } from 'node:os';
import {
  type ProviderRegistry,
  validateConfig,
  type ConfigProblem,
  type EnvironmentSpec,
  type Provider,
} from '@sindri/core';

export interface LoadedText {
  /** `null` when there is an error among the problems. */
  spec: EnvironmentSpec | null;
  problems: ConfigProblem[];
}

/** Loads a `sindri.yaml` as a host would. */
export type ConfigLoader = (
  provider: Provider,
  text: string,
  env: Readonly<Record<string, string | undefined>>,
) => Promise<LoadedText>;

/** A loader that remembers: all cases of a run load the same two texts, and compiling a schema takes its time. */
export function createConfigLoader(): ConfigLoader {
  const loaded = new Map<string, Promise<LoadedText>>();
  return async (provider, text, env) => {
    const key = JSON.stringify([provider.name, provider.optionsSchema, text, env]);
    const known = loaded.get(key) ?? load(provider, text, env);
    loaded.set(key, known);
    return structuredClone(await known);
  };
}

const load: ConfigLoader = async (provider, text, env) => {
  // Not core's registry: that one refuses a provider whose outside is wrong, and the other cases would say nothing.
  const providers: ProviderRegistry = { list: () => [], get: async () => provider };
  const { spec, problems } = await validateConfig({ text, cwd: tmpdir() }, { env, providers });
  return { spec, problems };
};
