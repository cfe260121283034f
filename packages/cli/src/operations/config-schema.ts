import type { JsonSchema, Provider, ProviderRegistry } from '@sindri/core';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

/** The schema of `sindri.yaml` with the options of every provider that can be loaded; says which cannot. */
export async function configSchema(shell: Shell): Promise<JsonSchema> {
  const { schema, leftOut } = await composedSchema(shell.providers());
  for (const { name, message } of leftOut) {
    shell.say((style) => style.magenta(`Left out the provider "${name}": ${message}`));
  }
  return schema;
}

export interface ComposedSchema {
  schema: JsonSchema;
  /** The names of the providers whose options it has. */
  providers: string[];
  leftOut: { name: string; message: string }[];
}

/** The same, for whoever says himself what is missing. */
export async function composedSchema(registry: ProviderRegistry): Promise<ComposedSchema> {
  const names = [...new Set(registry.list().map(({ name }) => name))];
  const leftOut: ComposedSchema['leftOut'] = [];
  const loaded = await Promise.all(
    names.map(async (name): Promise<Provider[]> => {
      try {
        return [await registry.get(name)];
      } catch (error) {
        leftOut.push({ name, message: (error as Error).message });
        return [];
      }
    }),
  );
  const providers = loaded.flat();
  return { schema: core().composeConfigSchema(providers), providers: providers.map(({ name }) => name), leftOut };
}
