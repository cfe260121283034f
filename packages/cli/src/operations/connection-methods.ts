import type { ConnectionMethod, Provider, ProviderRegistry } from '@sindri/core';
import { core } from '../lazy.js';
import type { Env } from '../shell.js';

/** The one that leaves the choice to the provider. */
const AUTO: ConnectionMethod = { name: 'auto', title: 'the provider chooses', needs: null };
/** The one of `exec` that needs no connection of its own. */
const API: ConnectionMethod = {
  name: 'api',
  title: "through the platform's API: no stdin, bounded output",
  needs: null,
};

/** The command that a method is for: only `exec` can go through the platform's API. */
export type ConnectingCommand = 'connect' | 'exec';

/** What `--method` takes with `provider`, in the order of help. */
export function methodsOf(provider: Provider, command: ConnectingCommand): ConnectionMethod[] {
  const api = command === 'exec' && provider.capabilities.includes('exec') ? [API] : [];
  return [AUTO, ...(provider.connectionMethods ?? []), ...api];
}

/** A method, and by which providers it is meant when there are several to choose from. */
export interface OfferedMethod extends ConnectionMethod {
  providers: string[];
}

/** The methods of several providers as one list. A name that two of them use has a line for each meaning. */
export function methodsOfAll(providers: readonly Provider[], command: ConnectingCommand): OfferedMethod[] {
  const offered: OfferedMethod[] = [];
  for (const provider of providers) {
    for (const method of methodsOf(provider, command)) {
      const known = offered.find(({ name, title }) => name === method.name && title === method.title);
      if (known === undefined) offered.push({ ...method, providers: [provider.name] });
      else known.providers.push(provider.name);
    }
  }
  const last = (name: string): number => (name === API.name ? 1 : 0);
  return offered.sort((a, b) => last(a.name) - last(b.name));
}

export interface ProvidersRequest {
  registry: ProviderRegistry;
  /** The file that the command line names, if it names one. */
  config?: string | undefined;
  cwd: string;
  env: Env;
}

/** The provider of the config here, even when other things in it are wrong; without one, all that can be loaded. Never rejects. */
export async function providersHere({ registry, config, cwd, env }: ProvidersRequest): Promise<Provider[]> {
  const named = await core()
    .validateConfig({ ...(config === undefined ? {} : { path: config }), cwd }, { env, providers: registry })
    .then(({ provider }) => provider)
    .catch(() => null);
  const chosen = named === null ? [] : await loadAll(registry, [named]);
  return chosen.length > 0 ? chosen : loadAll(registry, [...new Set(registry.list().map(({ name }) => name))]);
}

/** Those of `names` that can be loaded. */
async function loadAll(registry: ProviderRegistry, names: readonly string[]): Promise<Provider[]> {
  const loaded = await Promise.all(names.map((name) => registry.get(name).catch(() => null)));
  return loaded.filter((provider) => provider !== null);
}
