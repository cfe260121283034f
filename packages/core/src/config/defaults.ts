import type { JsonObject, JsonSchema, JsonValue } from '../model/json.js';
import { DEFAULT_DIALECT } from './dialect.js';
import { nameFromDirectory } from './environment-name.js';
import { DEFAULT_PROFILE } from './rules/profiles.js';
import { asSchema, followRefs, viewSchema } from './schema/walk-schema.js';
import { formatMemory, formatSize, parseSize } from './sizes.js';
import { SIZES } from './rules/resources.js';

/** What a complete document needs to know that is not in the file. */
export interface DefaultsContext {
  schema: JsonSchema;
  /** Absolute directory of the config. */
  baseDir: string;
  /** The chosen provider. */
  provider: string;
  /** See `Provider.requiredSecrets`. */
  requiredSecrets?: readonly string[];
}

/**
 * The whole document: every key in canonical spelling and order, every default filled in, sizes with their unit. A file with
 * this content means the same. `config` is valid.
 */
export function completeDocument(config: JsonObject, context: DefaultsContext): JsonObject {
  const { $schema: _editor, version, name, deployment, extensions, secrets, providers, ...others } = config;
  const dialect = version ?? DEFAULT_DIALECT;
  const complete: JsonObject = {
    version: dialect,
    name: name ?? nameFromDirectory(context.baseDir) ?? '',
    deployment: deployment ?? {},
    extensions: withProfile(objectOf(extensions), dialect),
    secrets: (Array.isArray(secrets) ? secrets : []).map((secret) =>
      withRequired(secret, context.requiredSecrets ?? []),
    ),
    providers: { ...objectOf(providers), [context.provider]: objectOf(objectOf(providers)[context.provider]) },
    ...others,
  };
  return withUnits(fillDefaults(complete, context.schema, context.schema) as JsonObject);
}

/** What the provider cannot do without is required, unless the config says otherwise. */
function withRequired(secret: JsonValue, names: readonly string[]): JsonValue {
  const { name, required } = objectOf(secret);
  return required === undefined && typeof name === 'string' && names.includes(name)
    ? { ...objectOf(secret), required: true }
    : secret;
}

function withProfile(extensions: JsonObject, dialect: JsonValue): JsonObject {
  if (dialect !== '1.0' || extensions['profile'] !== undefined || extensions['active'] !== undefined) return extensions;
  return { profile: DEFAULT_PROFILE, ...extensions };
}

/** Puts every `default` of the schema where nothing is. Blocks are only filled where they are present. */
function fillDefaults(value: JsonValue, own: JsonSchema, schema: JsonSchema): JsonValue {
  const { properties, otherProperties, items } = viewSchema(schema, own);
  if (Array.isArray(value)) {
    return items === undefined ? value : value.map((item) => fillDefaults(item, items, schema));
  }
  if (typeof value !== 'object' || value === null) return value;
  const filled: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const itemSchema = properties.get(key) ?? otherProperties;
    filled[key] = itemSchema === undefined ? item : fillDefaults(item, itemSchema, schema);
  }
  for (const [key, property] of properties) {
    const standard = followRefs(schema, property)['default'];
    if (standard !== undefined && !Object.hasOwn(filled, key)) filled[key] = structuredClone(standard) as JsonValue;
  }
  return filled;
}

function withUnits(document: JsonObject): JsonObject {
  const copy = structuredClone(document);
  for (const { path, kind } of SIZES) {
    const key = path.at(-1) ?? '';
    const parent = path.slice(0, -1).reduce<JsonObject | undefined>((node, part) => asObject(node?.[part]), copy);
    const size = parent?.[key];
    if (parent === undefined || (typeof size !== 'string' && typeof size !== 'number')) continue;
    const amount = parseSize(size, kind);
    parent[key] = kind === 'memory' ? formatMemory(amount) : formatSize(amount);
  }
  return copy;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return asObject(value) ?? {};
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return asSchema(value) as JsonObject | undefined;
}
