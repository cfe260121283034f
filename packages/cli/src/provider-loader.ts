import type { Config, Plugin } from '@oclif/core/interfaces';
import type { ProviderSource } from '@sindri/core';
import { core } from './lazy.js';

/**
 * The providers of all installed plugins, ours and those of strangers, as their `package.json` declares them. Runs no code of
 * a plugin; what is wrong with one comes out when it is asked for.
 */
export function installedProviders(config: Config): ProviderSource[] {
  const { sourceFromDeclaration } = core();
  // Those that come with this command line first: what somebody adds must not become the choice of `config init`.
  const plugins = [...config.plugins.values()].sort((a, b) => Number(b.type === 'core') - Number(a.type === 'core'));
  return plugins.flatMap((plugin) =>
    manifestsOf(plugin, config).flatMap((manifest) => {
      const source = sourceFromDeclaration({
        manifest,
        directory: plugin.root,
        importModule: (file) => importModule(plugin, file),
      });
      return source === null ? [] : [source];
    }),
  );
}

/**
 * A package declares one provider. The product that people install is made of several packages: it lists the parts of their
 * manifests that matter here under `sindri.providers`.
 */
function manifestsOf(plugin: Plugin, config: Config): unknown[] {
  const { sindri } = plugin.pjson as { sindri?: { providers?: unknown[] } };
  return plugin.root === config.root && Array.isArray(sindri?.providers) ? sindri.providers : [plugin.pjson];
}

/** Loads a module of a plugin, CommonJS or ESM, by its absolute file name. */
export function importModule(owner: Config | Plugin, file: string): Promise<unknown> {
  const { ModuleLoader } = require('@oclif/core') as typeof import('@oclif/core');
  return ModuleLoader.load(owner, file);
}
