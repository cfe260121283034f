import { type SindriError, isSindriError } from '../model/errors.js';
import { nearest } from '../nearest.js';
import type { Provider } from './contract.js';
import { checkProviderShape } from './shape.js';
import { requireSupportedApiVersion } from './version.js';
import { coreError } from '../model/core-error.js';

/** A provider that can be loaded when it is needed. */
export interface ProviderSource {
  name: string;
  /** What the package declares; compared with what the loaded provider says. */
  apiVersion: number;
  title?: string;
  /** Who brings it, for messages: `@sindri/provider-fly 0.1.0`. */
  origin: string;
  load(): Provider | Promise<Provider>;
  /** See `ProviderDeclaration.local`. */
  local?: { command: string };
  /** Absolute file of the module that exports `createSubject`, see `ProviderDeclaration.conformance`. */
  conformance?: string;
}

/** The providers that an operation may choose from. */
export interface ProviderRegistry {
  /** All sources in the order they were given, also broken and duplicate ones. Loads nothing. */
  list(): ProviderSource[];
  /**
   * Loads and checks the provider called `name`; loaded once. Rejects with `PROVIDER_NOT_FOUND`, `PROVIDER_DUPLICATE`,
   * `PROVIDER_API_VERSION` or `PROVIDER_BROKEN`; each names the plugin and the fix.
   */
  get(name: string): Promise<Provider>;
}

/** Makes a registry of provider objects (as a program has them) and sources (as a host finds them in plugins). */
export function createProviderRegistry(sources: Iterable<Provider | ProviderSource>): ProviderRegistry {
  const all = [...new Set(sources)].map((item) => (isSource(item) ? item : sourceOfProvider(item)));
  const loaded = new Map<string, Promise<Provider>>();

  return {
    list: () => [...all],
    async get(name) {
      const source = selectSource(all, name);
      const known = loaded.get(name);
      if (known !== undefined) return known;
      const loading = loadProvider(source);
      loaded.set(name, loading);
      // A failed load may succeed next time: a file that was just installed, a linked plugin that was just built.
      loading.catch(() => loaded.delete(name));
      return loading;
    },
  };
}

function isSource(item: Provider | ProviderSource): item is ProviderSource {
  return typeof item === 'object' && item !== null && typeof (item as ProviderSource).load === 'function';
}

function sourceOfProvider(provider: Provider): ProviderSource {
  const { name, apiVersion, title } = (provider ?? {}) as Partial<Provider>;
  return {
    name: typeof name === 'string' ? name : '(unnamed)',
    apiVersion: apiVersion as number,
    ...(typeof title === 'string' ? { title } : {}),
    origin: 'given by the program',
    load: () => provider,
  };
}

function selectSource(all: ProviderSource[], name: string): ProviderSource {
  const found = all.filter((source) => source.name === name);
  const [source, second] = found;
  if (source === undefined) throw notFound(all, name);
  if (second !== undefined) {
    const origins = found.map(({ origin }) => origin);
    throw coreError({
      code: 'PROVIDER_DUPLICATE',
      kind: 'usage',
      message: `Two plugins bring a provider called "${name}": ${origins.join(' and ')}.`,
      hint: `Uninstall one of them, for example: sindri plugins uninstall ${packageName(second.origin)}`,
      details: { provider: name, origins },
    });
  }
  return source;
}

function notFound(all: ProviderSource[], name: string): SindriError {
  const names = [...new Set(all.map((source) => source.name))].sort();
  const meant = nearest(name, names);
  const available = names.length === 0 ? 'No provider is installed.' : `Installed: ${names.join(', ')}.`;
  return coreError({
    code: 'PROVIDER_NOT_FOUND',
    kind: 'usage',
    // The config may be somebody else's: a control character in it is none in a message.
    message: `There is no provider called ${JSON.stringify(name)}.`,
    hint:
      meant === undefined
        ? `${available} Install the plugin that brings it: sindri plugins install <package>`
        : `Did you mean "${meant}"? ${available}`,
    details: { provider: name, available: names, ...(meant === undefined ? {} : { suggestion: meant }) },
  });
}

async function loadProvider(source: ProviderSource): Promise<Provider> {
  const { name, origin } = source;
  requireSupportedApiVersion(source);
  let provider: Provider;
  try {
    provider = await source.load();
  } catch (error) {
    if (isSindriError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw brokenPlugin(source, `could not be loaded: ${firstLine(reason)}`, [], error);
  }
  const actualVersion: unknown = (provider as Partial<Provider> | null | undefined)?.apiVersion;
  if (typeof actualVersion === 'number') requireSupportedApiVersion({ name, origin, apiVersion: actualVersion });
  const problems = checkProviderShape(provider);
  if (problems.length > 0) throw brokenPlugin(source, `does not fulfil the contract: ${problems.join(' ')}`, problems);
  if (provider.name !== name) {
    const problem = `calls itself "${provider.name}", but its package declares "${name}".`;
    throw brokenPlugin(source, problem, [problem]);
  }
  return provider;
}

/** A `PROVIDER_BROKEN` error that names the plugin and what to do about it: `first`, where more is known. */
export function brokenPlugin(
  plugin: { name: string; origin: string },
  what: string,
  problems: string[] = [],
  cause?: unknown,
  first = '',
): SindriError {
  const otherwise = `Update or reinstall the plugin, or remove it (sindri plugins uninstall ${packageName(plugin.origin)}); if it stays, tell its authors.`;
  return coreError({
    code: 'PROVIDER_BROKEN',
    kind: 'usage',
    message: `The provider "${plugin.name}" (${plugin.origin}) ${what}`,
    hint: `${first}${otherwise}`,
    details: { provider: plugin.name, origin: plugin.origin, problems },
    cause,
  });
}

/** `@sindri/provider-fly` of `@sindri/provider-fly 0.1.0`. */
function packageName(origin: string): string {
  return origin.split(' ')[0] ?? origin;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
