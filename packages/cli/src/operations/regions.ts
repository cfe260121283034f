import type { PlatformRegion, Provider } from '@sindri/core';
import { core } from '../lazy.js';
import { coreError } from '../error.js';
import { platformTitle } from '../format/platform-title.js';
import type { Shell } from '../shell.js';
import { localPlace, stateDirFor } from './open.js';

export interface RegionsResult {
  schema: 'sindri.regions/1';
  provider: string;
  /** The nearest first. */
  regions: PlatformRegion[];
}

/**
 * Where a provider can run environments, without a config. Without a name: the one provider that has regions. Rejects with `USAGE` when it
 * is not clear which, and with `CAPABILITY_UNSUPPORTED`.
 */
export async function showRegions(
  shell: Shell,
  { provider: name, local }: { provider: string | undefined; local: boolean },
): Promise<RegionsResult> {
  const provider = name === undefined ? await onlyOne(shell) : await shell.providers().get(name);
  const place = local
    ? await localPlace(shell, provider.name)
    : { env: shell.env, stateDir: stateDirFor(shell, { local }) };
  shell.working(`Ask ${platformTitle(provider.title, local)} for its regions`);
  const regions = await core().listRegions({
    provider,
    env: place.env,
    ...(place.stateDir === undefined ? {} : { stateDir: place.stateDir }),
    redactor: shell.redactor,
    onEvent: shell.emit,
    signal: shell.signal,
  });
  return { schema: 'sindri.regions/1', provider: provider.name, regions };
}

async function onlyOne(shell: Shell): Promise<Provider> {
  const registry = shell.providers();
  const names = [...new Set(registry.list().map(({ name }) => name))];
  // One that cannot be loaded is no answer, and no reason to give none.
  const loaded = await Promise.all(names.map((name) => registry.get(name).catch(() => null)));
  const able = loaded.filter((provider): provider is Provider => provider?.regions !== undefined);
  const [only] = able;
  if (only !== undefined && able.length === 1) return only;
  throw coreError({
    code: 'USAGE',
    kind: 'usage',
    message: only === undefined ? 'No installed provider has regions.' : 'Which provider?',
    hint:
      only === undefined
        ? 'sindri provider list shows what is installed.'
        : `Name one with --provider: ${able.map(({ name }) => name).join(', ')}.`,
  });
}
