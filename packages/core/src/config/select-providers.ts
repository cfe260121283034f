import type { Provider } from '../provider/contract.js';
import type { ProviderRegistry } from '../provider/registry.js';
import { brokenPlugin } from '../provider/registry.js';
import type { SindriError } from '../model/errors.js';
import { toSindriError } from '../model/to-sindri-error.js';
import { compiledFor } from './schema/compiled.js';
import { nodeAt, textAt, type MapNode } from './tree.js';
import type { SchemaValidator } from './schema/validate.js';
import type { JsonSchema } from '../model/json.js';

/** The providers that a config is about, and the schema that follows from them. */
export interface SelectedProviders {
  chosen: Provider | null;
  /** Why the chosen one is not there. */
  failure: SindriError | null;
  /** Names of installed providers that the config has options for without choosing them. */
  others: string[];
  schema: JsonSchema;
  validator: SchemaValidator;
}

/**
 * Loads the chosen provider, and those others that the config has a block for, so that one schema judges all blocks. What is
 * wrong with the others' plugins is not this config's business: their blocks then go unchecked.
 */
export async function selectProviders(root: MapNode, registry: ProviderRegistry): Promise<SelectedProviders> {
  const name = textAt(root, ['deployment', 'provider']);
  const { chosen, failure } = await loadChosen(registry, name);
  const others = await loadOthers(root, registry, name);
  const usable = chosen === null ? others : [chosen, ...others];
  try {
    return selection(chosen, failure, others, usable);
  } catch {
    // One of the schemas is not valid: find out whose.
    const sound = others.filter(hasSoundSchema);
    if (chosen === null || hasSoundSchema(chosen)) {
      return selection(chosen, failure, sound, chosen === null ? sound : [chosen, ...sound]);
    }
    return selection(null, brokenSchema(registry, chosen), sound, sound);
  }
}

function selection(
  chosen: Provider | null,
  failure: SindriError | null,
  others: Provider[],
  usable: Provider[],
): SelectedProviders {
  return { chosen, failure, others: others.map(({ name }) => name), ...compiledFor(usable) };
}

async function loadChosen(
  registry: ProviderRegistry,
  name: string | undefined,
): Promise<{ chosen: Provider | null; failure: SindriError | null }> {
  // A name that is missing or no text is the schema's to report.
  if (name === undefined) return { chosen: null, failure: null };
  try {
    return { chosen: await registry.get(name), failure: null };
  } catch (error) {
    return { chosen: null, failure: toSindriError(error) };
  }
}

async function loadOthers(root: MapNode, registry: ProviderRegistry, chosen: string | undefined): Promise<Provider[]> {
  const blocks = nodeAt(root, ['providers']);
  if (blocks?.kind !== 'map') return [];
  const installed = new Set(registry.list().map(({ name }) => name));
  const names = [...blocks.entries.keys()].filter((name) => name !== chosen && installed.has(name));
  const loaded = await Promise.allSettled(names.map((name) => registry.get(name)));
  return loaded.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function hasSoundSchema(provider: Provider): boolean {
  try {
    compiledFor([provider]);
    return true;
  } catch {
    return false;
  }
}

function brokenSchema(registry: ProviderRegistry, provider: Provider): SindriError {
  const source = registry.list().find(({ name }) => name === provider.name);
  const problem = 'brings an options schema that is not a valid JSON Schema.';
  return brokenPlugin({ name: provider.name, origin: source?.origin ?? 'unknown origin' }, problem, [problem]);
}
