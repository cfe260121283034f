import type { JsonSchema } from '../../model/json.js';
import type { Provider } from '../../provider/contract.js';
import { asSchema, asSchemas } from './walk-schema.js';
import { snakeCase } from '../spelling.js';

/** The schema of `sindri.yaml` without any provider's options. Shared: do not change it. */
export function coreConfigSchema(): JsonSchema {
  // The data-only package is not part of the TypeScript build, so it is loaded by name like any other dependency.
  return require('@sindri/schemas/sindri.schema.json') as JsonSchema;
}

/** The part of a provider that its place in the schema is made of. */
export type SchemaProvider = Pick<Provider, 'name' | 'optionsSchema'>;

/**
 * The core schema with the options of `providers` in their place under `providers`: what a config is validated against, in its
 * canonical spelling.
 */
export function withProviderOptions(providers: readonly SchemaProvider[]): JsonSchema {
  const core = coreConfigSchema();
  const properties = asSchema(core['properties']) ?? {};
  const options = Object.fromEntries(providers.map(({ name, optionsSchema }) => [name, embed(optionsSchema, name)]));
  const required = providers.flatMap(requiredOptions);
  return {
    ...core,
    properties: { ...properties, providers: { ...asSchema(properties['providers']), properties: options } },
    ...(required.length === 0 ? {} : { allOf: [...asSchemas(core['allOf']), ...required] }),
  };
}

/** Beside the missing block: the paths that are really missing. */
export const MISSING_PATHS = 'x-missing';

/** What a provider requires is required of whoever chooses it, also where there is no block for it. */
function requiredOptions({ name, optionsSchema }: SchemaProvider): JsonSchema[] {
  const keys: unknown = optionsSchema['required'];
  if (!Array.isArray(keys) || keys.length === 0) return [];
  const missing = { [MISSING_PATHS]: keys.map((key) => `providers.${name}.${String(key)}`) };
  const chosen = { properties: { provider: { const: name } }, required: ['provider'] };
  return [
    {
      if: { properties: { deployment: chosen }, required: ['deployment'] },
      then: {
        required: ['providers'],
        ...missing,
        properties: { providers: { type: 'object', required: [name], ...missing } },
      },
    },
  ];
}

/**
 * The schema of a whole `sindri.yaml` for editors: the core's keys, the options of these providers, both spellings of every
 * key, and the providers' names to choose from.
 */
export function composeConfigSchema(providers: readonly Provider[]): JsonSchema {
  const composed = withProviderOptions(providers);
  const definitions = asSchema(composed['$defs']) ?? {};
  const deployment = asSchema(definitions['deployment']) ?? {};
  const properties = asSchema(deployment['properties']) ?? {};
  const names = providers.map(({ name }) => name);
  const provider = { ...asSchema(properties['provider']), ...(names.length > 0 ? { enum: names } : {}) };
  const withNames = {
    ...composed,
    $defs: { ...definitions, deployment: { ...deployment, properties: { ...properties, provider } } },
  };
  return bothSpellings(withNames) as JsonSchema;
}

/** A provider's schema inside of another document: its own references must follow it there. */
function embed(schema: JsonSchema, name: string): JsonSchema {
  const { $schema: _dialect, $id, ...rest } = schema;
  const own = typeof $id === 'string' ? $id : '';
  const embedded = mapSchema(rest, (key, value) => {
    if (key !== '$ref' || typeof value !== 'string') return value;
    const local = own !== '' && value.startsWith(`${own}#`) ? value.slice(own.length) : value;
    return local.startsWith('#') ? `#/properties/providers/properties/${name}${local.slice(1)}` : value;
  }) as JsonSchema;
  const patterns = asSchema(embedded['patternProperties']) ?? {};
  return { ...embedded, patternProperties: { '^x-': {}, ...patterns } };
}

function mapSchema(value: unknown, change: (key: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSchema(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapSchema(change(key, item), change)]));
}

/** Beside every key with a hump, the same key in snake_case. A required key may then be there in either spelling. */
function bothSpellings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bothSpellings);
  const schema = asSchema(value);
  if (schema === undefined) return value;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, item]) => [key, bothSpellings(item)]));
  const properties = asSchema(copy['properties']);
  if (properties !== undefined) copy['properties'] = addSnakeCase(properties);
  if (Array.isArray(copy['required'])) Object.assign(copy, eitherSpelling(copy['required'] as string[], copy['allOf']));
  return copy;
}

function addSnakeCase(properties: JsonSchema): JsonSchema {
  const result: JsonSchema = {};
  for (const [key, schema] of Object.entries(properties)) {
    result[key] = schema;
    const snake = snakeCase(key);
    if (snake !== key && !Object.hasOwn(properties, snake)) result[snake] = schema;
  }
  return result;
}

function eitherSpelling(required: readonly string[], allOf: unknown): JsonSchema {
  const twofold = required.filter((key) => snakeCase(key) !== key);
  if (twofold.length === 0) return {};
  const either = twofold.map((key) => ({ anyOf: [{ required: [key] }, { required: [snakeCase(key)] }] }));
  return {
    required: required.filter((key) => snakeCase(key) === key),
    allOf: [...(Array.isArray(allOf) ? allOf : []), ...either],
  };
}
