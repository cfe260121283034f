import path from 'node:path';
import type { EnvironmentSpec, Provider } from '@sindri/core';
import { core } from '../lazy.js';
import { methodsOfAll, providersHere } from '../operations/connection-methods.js';
import type { Env } from '../shell.js';
import type { Candidate, Expected } from './expected.js';
import { readSeen, type SeenNames } from './seen-names.js';

type Value = NonNullable<Expected['value']>;

/** Where values come from: this computer alone. Nothing here asks a platform. */
export interface ValueSources {
  providers: Parameters<typeof providersHere>[0]['registry'];
  /** Packages that somebody has installed beside ours. */
  plugins: readonly string[];
  cwd: string;
  env: Env;
}

/** Candidates for a value, or `files` when it is the name of one. */
export async function valuesFor(value: Value, sources: ValueSources): Promise<Candidate[] | 'files'> {
  const { command, name, option, argument } = value;
  const listed = option?.options ?? argument?.options;
  if (listed !== undefined) return listed.map((one) => ({ value: one }));
  const wanted = [option?.helpValue].flat()[0] ?? '';
  if (/^<?(FILE|DIRECTORY|DIR|PATH)>?$/i.test(wanted) || files.has(`${command.id} ${name}`)) return 'files';
  const find = byPlace[`${command.id} ${name}`] ?? (option === null ? undefined : byOption[name]);
  return find === undefined ? [] : find(value, sources);
}

const files = new Set(['cp *', 'keys:add file', 'plugins:link path', 'provider:new dir']);

type Find = (value: Value, sources: ValueSources) => Promise<Candidate[]>;

const providerNames: Find = async (_value, { providers }) => providers.list().map(({ name }) => ({ value: name }));

const profiles: Find = async () => core().KNOWN_PROFILES.map((name) => ({ value: name }));

const pluginNames: Find = async (_value, { plugins }) => plugins.map((name) => ({ value: name }));

const methods: Find = async ({ command, rest }, { providers: registry, cwd, env }) => {
  const providers = await providersHere({ registry, config: configIn(rest, env), cwd, env });
  return methodsOfAll(providers, command.id === 'exec' ? 'exec' : 'connect').map(({ name, title }) => ({
    value: name,
    description: title,
  }));
};

const artifacts: Find = async (value, sources) => {
  const here = await specHere(value, sources);
  return here?.provider.artifacts?.(here.spec).map(({ name }) => ({ value: name })) ?? [];
};

const environmentName: Find = async (value, sources) => {
  const here = await specHere(value, sources);
  return here === null ? [] : [{ value: here.spec.name }];
};

/** A volume only grows. */
const sizes: Find = async (value, sources) => {
  const now = (await specHere(value, sources))?.spec.workspace?.sizeGb ?? 0;
  return [10, 20, 30, 50, 75, 100, 150, 200, 300, 500].filter((gb) => gb > now).map((gb) => ({ value: `${gb}GB` }));
};

const seen =
  (kind: keyof SeenNames): Find =>
  async (value, sources) => {
    const here = await specHere(value, sources);
    if (here === null) return [];
    return (await readSeen(stateDir(value, sources), here.spec))[kind];
  };

const byOption: Record<string, Find> = {
  method: methods,
  provider: providerNames,
  profile: profiles,
  instance: seen('instances'),
  volume: seen('volumes'),
};

const byPlace: Record<string, Find> = {
  'provider:verify name': providerNames,
  'config:render name': artifacts,
  'volume:extend size': sizes,
  'volume:delete volume': seen('kept'),
  'volume:restore snapshot': seen('snapshots'),
  'volume:delete-snapshot snapshot': seen('snapshots'),
  'emulator:logs app': environmentName,
  'emulator:faults method': async () => ['GET', 'POST', 'PUT', 'DELETE'].map((one) => ({ value: one })),
  'plugins:inspect plugin': pluginNames,
  'plugins:uninstall plugin': pluginNames,
};

/** What the config here describes; `null` when there is none that can be read. */
async function specHere(
  { rest }: Value,
  { providers, cwd, env }: ValueSources,
): Promise<{ spec: EnvironmentSpec; provider: Provider } | null> {
  const file = configIn(rest, env);
  try {
    const { spec, provider } = await core().validateConfig(
      { ...(file === undefined ? {} : { path: file }), cwd },
      { env, providers },
    );
    return spec === null || provider === null ? null : { spec, provider: await providers.get(provider) };
  } catch {
    return null;
  }
}

function configIn(rest: readonly string[], env: Env): string | undefined {
  const at = rest.findIndex((word) => word === '-c' || word === '--config');
  const given = at === -1 ? rest.find((word) => word.startsWith('--config='))?.slice(9) : rest[at + 1];
  return given ?? env['SINDRI_CONFIG'];
}

function stateDir({ rest }: Value, { env }: ValueSources): string {
  const directory = core().defaultStateDir(env);
  const isLocal = rest.includes('--local') || ['1', 'true'].includes(env['SINDRI_LOCAL'] ?? '');
  return isLocal ? path.join(directory, 'local') : directory;
}
