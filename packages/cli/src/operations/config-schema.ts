import type { JsonSchema, Provider } from '@sindri/core';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

/** The schema of `sindri.yaml` with the options of every provider that can be loaded; says which cannot. */
export async function configSchema(shell: Shell): Promise<JsonSchema> {
  const { composeConfigSchema } = core();
  const registry = shell.providers();
  const names = [...new Set(registry.list().map(({ name }) => name))];
  const loaded = await Promise.all(
    names.map(async (name): Promise<Provider[]> => {
      try {
        return [await registry.get(name)];
      } catch (error) {
        shell.say((style) => style.magenta(`Left out the provider "${name}": ${(error as Error).message}`));
        return [];
      }
    }),
  );
  return composeConfigSchema(loaded.flat());
}
