import type { JsonSchema } from '../../model/json.js';
import type { PathSegment } from '../tree.js';

/** The types of JSON Schema. */
export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

/** What a schema says about the inside of a map or a list, gathered from wherever the schema says it. */
export interface SchemaView {
  /** Known keys. */
  properties: ReadonlyMap<string, JsonSchema>;
  /** Schema of every other key, when there is one. */
  otherProperties: JsonSchema | undefined;
  items: JsonSchema | undefined;
}

const MAXIMUM_REFS = 20;

/** `make`, done once for each root and schema: the same few schemas are looked at for every value of every config. */
function once<T extends object>(
  make: (root: JsonSchema, schema: JsonSchema) => T,
): (root: JsonSchema, schema: JsonSchema) => T {
  const byRoot = new WeakMap<JsonSchema, WeakMap<JsonSchema, T>>();
  return (root, schema) => {
    let ofRoot = byRoot.get(root);
    if (ofRoot === undefined) byRoot.set(root, (ofRoot = new WeakMap<JsonSchema, T>()));
    let made = ofRoot.get(schema);
    if (made === undefined) ofRoot.set(schema, (made = make(root, schema)));
    return made;
  };
}

const followOnce = once(follow);

/** Follows local references (`#/…`). A keyword beside `$ref` wins over the same keyword behind it. Shared: do not change what comes back. */
export function followRefs(root: JsonSchema, schema: JsonSchema): JsonSchema {
  return typeof schema['$ref'] === 'string' ? followOnce(root, schema) : schema;
}

function follow(root: JsonSchema, schema: JsonSchema): JsonSchema {
  let current = schema;
  for (let step = 0; step < MAXIMUM_REFS && typeof current['$ref'] === 'string'; step++) {
    const { $ref, ...beside } = current;
    const target = lookUp(root, $ref as string);
    if (target === undefined) break;
    current = { ...target, ...beside };
  }
  return current;
}

function lookUp(root: JsonSchema, ref: string): JsonSchema | undefined {
  if (!ref.startsWith('#')) return undefined;
  let current: unknown = root;
  for (const part of ref.split('/').slice(1)) {
    const key = decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return asSchema(current);
}

/** Everything that `schema` and the schemas it is composed of say about keys and items. */
export const viewSchema = once(makeView);

function makeView(root: JsonSchema, schema: JsonSchema): SchemaView {
  const properties = new Map<string, JsonSchema>();
  let otherProperties: JsonSchema | undefined;
  let items: JsonSchema | undefined;
  for (const part of alternatives(root, schema)) {
    for (const [key, value] of Object.entries(asSchema(part['properties']) ?? {})) {
      const property = asSchema(value);
      if (property !== undefined && !properties.has(key)) properties.set(key, property);
    }
    otherProperties ??= asSchema(part['additionalProperties']);
    items ??= asSchema(part['items']);
  }
  return { properties, otherProperties, items };
}

/** The schema of the value at `segments`, or `undefined` where the schema says nothing. */
export function schemaAt(root: JsonSchema, segments: readonly PathSegment[]): JsonSchema | undefined {
  let current: JsonSchema | undefined = root;
  for (const segment of segments) {
    if (current === undefined) return undefined;
    const { properties, otherProperties, items } = viewSchema(root, current);
    current = typeof segment === 'number' ? items : (properties.get(segment) ?? otherProperties);
  }
  return current;
}

/** The types a value may have, or `null` when any will do. */
export function acceptedTypes(root: JsonSchema, schema: JsonSchema): ReadonlySet<JsonType> | null {
  const own = followRefs(root, schema);
  const { type } = own;
  if (typeof type === 'string') return new Set([type as JsonType]);
  if (Array.isArray(type)) return new Set(type as JsonType[]);
  const values: unknown = own['enum'] ?? (Object.hasOwn(own, 'const') ? [own['const']] : undefined);
  if (Array.isArray(values)) return new Set(values.map(typeOfValue));
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = branchesOf(own, keyword);
    if (branches.length === 0) continue;
    const types = branches.map((branch) => acceptedTypes(root, branch));
    return types.some((set) => set === null) ? null : new Set(types.flatMap((set) => [...(set ?? [])]));
  }
  for (const branch of branchesOf(own, 'allOf')) {
    const types = acceptedTypes(root, branch);
    if (types !== null) return types;
  }
  return null;
}

/** The schema itself and all it is composed of, whichever way. */
function alternatives(root: JsonSchema, schema: JsonSchema, depth = 0): JsonSchema[] {
  if (depth > MAXIMUM_REFS) return [];
  const own = followRefs(root, schema);
  const keywords = ['allOf', 'anyOf', 'oneOf'] as const;
  const inner = keywords.flatMap((keyword) => branchesOf(own, keyword));
  for (const keyword of ['then', 'else'] as const) {
    const branch = asSchema(own[keyword]);
    if (branch !== undefined) inner.push(branch);
  }
  return [own, ...inner.flatMap((branch) => alternatives(root, branch, depth + 1))];
}

function branchesOf(schema: JsonSchema, keyword: 'allOf' | 'anyOf' | 'oneOf'): JsonSchema[] {
  return asSchemas(schema[keyword]);
}

/** The schemas in a list of schemas. */
export function asSchemas(value: unknown): JsonSchema[] {
  if (!Array.isArray(value)) return [];
  return value.map(asSchema).filter((schema) => schema !== undefined);
}

/** `value` when it is an object, as a schema or any other block of a schema. */
export function asSchema(value: unknown): JsonSchema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : undefined;
}

export function typeOfValue(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'string' | 'boolean' | 'object';
}
