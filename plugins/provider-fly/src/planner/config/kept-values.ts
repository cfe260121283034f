import { ownVariables } from './own-variables.js';

type JsonMap = Record<string, unknown>;

/**
 * Stands for a value of a live machine config that Sindri neither needs nor may show: somebody else's environment variables
 * and file contents can hold secrets. `apply` puts the live values back before it sends a config.
 */
export const keptValue = '‹as it is›';

/** A copy of a live machine config with every foreign environment value and inline file content replaced by {@link keptValue}. */
export function withholdValues(config: JsonMap): JsonMap {
  const copy: JsonMap = { ...config };
  if (isMap(config['env'])) copy['env'] = withholdEnv(config['env'], (name) => !ownVariables.has(name));
  if (Array.isArray(config['files'])) copy['files'] = config['files'].map(withholdFile);
  for (const key of ['processes', 'containers']) {
    const list = config[key];
    if (Array.isArray(list)) copy[key] = list.map(withholdProcess);
  }
  return copy;
}

/**
 * `config` with every {@link keptValue} replaced by what stands at the same place in `live`, the machine config as it was
 * read just now. A place that is gone in `live` is left out.
 */
export function restoreKeptValues(config: JsonMap, live: JsonMap): JsonMap {
  return restore(config, live) as JsonMap;
}

function restore(value: unknown, live: unknown): unknown {
  if (value === keptValue) return live;
  if (Array.isArray(value))
    return value.map((item, index) => restore(item, Array.isArray(live) ? live[index] : undefined));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, restore(item, isMap(live) ? live[key] : undefined)] as const,
  );
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function withholdEnv(env: JsonMap, isForeign: (name: string) => boolean): JsonMap {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, isForeign(name) ? keptValue : value]));
}

function withholdFile(file: unknown): unknown {
  return isMap(file) && file['raw_value'] !== undefined ? { ...file, raw_value: keptValue } : file;
}

function withholdProcess(process: unknown): unknown {
  if (!isMap(process)) return process;
  const copy: JsonMap = { ...process };
  if (isMap(process['env'])) copy['env'] = withholdEnv(process['env'], () => true);
  if (Array.isArray(process['files'])) copy['files'] = process['files'].map(withholdFile);
  return copy;
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
