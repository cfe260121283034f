import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { Provider, ProviderFactory } from './contract.js';
import { brokenPlugin, type ProviderSource } from './registry.js';

/** An installed package that may declare a provider. */
export interface ProviderPackage {
  /** The parsed `package.json`. */
  manifest: unknown;
  /** Absolute directory of the package. */
  directory: string;
  /** Loads a module by its absolute file name; the host decides how (CommonJS, ESM, TypeScript). */
  importModule(file: string): unknown;
}

/**
 * The source of the provider that a package declares under `sindri.provider` (see `ProviderDeclaration`), or `null` when it
 * declares none. Runs no code of the package; never throws. What is wrong with the declaration or the module comes out of
 * `load` as `PROVIDER_BROKEN`, so that one bad plugin does not hide the others.
 */
export function sourceFromDeclaration(plugin: ProviderPackage): ProviderSource | null {
  const manifest = asRecord(plugin.manifest);
  const declared = asRecord(manifest['sindri'])['provider'];
  if (declared === undefined) return null;
  const declaration = asRecord(declared);
  const packageName = typeof manifest['name'] === 'string' ? manifest['name'] : plugin.directory;
  const { name, apiVersion, title, entry, local, conformance } = declaration;
  const origin = typeof manifest['version'] === 'string' ? `${packageName} ${manifest['version']}` : packageName;
  const identity = { name: typeof name === 'string' && name !== '' ? name : packageName, origin };
  const problems = declarationProblems(plugin.directory, declaration);
  const command = asRecord(local)['command'];

  return {
    ...identity,
    // A declaration without a number is reported by `load`, as broken rather than as "made for version NaN".
    apiVersion: typeof apiVersion === 'number' ? apiVersion : 1,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof command === 'string' ? { local: { command } } : {}),
    ...(isInside(plugin.directory, conformance) ? { conformance: join(plugin.directory, conformance) } : {}),
    async load() {
      if (problems.length > 0) {
        throw brokenPlugin(identity, `has a bad declaration in its package.json: ${problems.join(' ')}`, problems);
      }
      const loaded = await importEntry(plugin, identity, entry as string);
      const factory = findFactory(loaded);
      if (factory === undefined) {
        const problem = `has an entry (${String(entry)}) that exports neither "createProvider" nor a default function.`;
        throw brokenPlugin(identity, problem, [problem]);
      }
      return factory();
    },
  };
}

function declarationProblems(directory: string, declaration: Record<string, unknown>): string[] {
  const { name, apiVersion, entry, conformance } = declaration;
  const problems: string[] = [];
  if (typeof name !== 'string' || name === '')
    problems.push('"sindri.provider.name" must be the name of the provider.');
  if (typeof apiVersion !== 'number') problems.push('"sindri.provider.apiVersion" must be a number.');
  if (!isInside(directory, entry)) {
    problems.push('"sindri.provider.entry" must be a module file inside the package.');
  }
  if (conformance !== undefined && !isInside(directory, conformance)) {
    problems.push('"sindri.provider.conformance" must be a module file inside the package.');
  }
  return problems;
}

async function importEntry(
  plugin: ProviderPackage,
  identity: { name: string; origin: string },
  entry: string,
): Promise<unknown> {
  const file = join(plugin.directory, entry);
  try {
    return await plugin.importModule(file);
  } catch (error) {
    if (!existsSync(file)) {
      const build = `If it is yours, build it in ${plugin.directory} (npm run build). `;
      throw brokenPlugin(identity, `has an entry (${entry}) that is not there.`, [], error, build);
    }
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw brokenPlugin(identity, `has an entry (${entry}) that cannot be loaded: ${reason ?? ''}`, [], error);
  }
}

/** A declaration must not name code of somebody else. */
function isInside(directory: string, file: unknown): file is string {
  if (typeof file !== 'string' || file === '' || isAbsolute(file)) return false;
  const path = relative(directory, join(directory, file));
  return path !== '' && path !== '..' && !path.startsWith('../') && !path.startsWith('..\\');
}

/** An ESM module, a CommonJS module, and a CommonJS module seen through ESM have it in different places. */
function findFactory(loaded: unknown): ProviderFactory | undefined {
  const outer = asRecord(loaded);
  const inner = asRecord(outer['default']);
  const candidates = [outer['createProvider'], inner['createProvider'], outer['default'], inner['default'], loaded];
  return candidates.find((candidate): candidate is () => Provider => typeof candidate === 'function');
}

function asRecord(value: unknown): Record<string, unknown> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
    ? (value as Record<string, unknown>)
    : {};
}
