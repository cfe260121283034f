import type { JsonSchema } from '../../model/json.js';
import { nearest } from '../../nearest.js';
import { slugOf } from '../environment-name.js';
import { acceptedTypes, followRefs, viewSchema } from './walk-schema.js';
import { canonicalKey, snakeCase } from '../spelling.js';
import { formatPath, type ConfigNode, type PathSegment, type ScalarNode } from '../tree.js';

const MAXIMUM_LISTED = 12;
const MAXIMUM_DEPTH = 6;

/** Answers what to do about a key that a map's schema does not know. */
export type KeyHints = (schema: JsonSchema, key: string) => string | undefined;

/** Hints from the whole schema: the key that was meant, the place where it belongs, or all keys that are known there. */
export function createKeyHints(root: JsonSchema): KeyHints {
  let places: ReadonlyMap<string, string> | undefined;
  return (schema, key) => {
    const known = [...viewSchema(root, schema).properties.keys()].filter((name) => !name.startsWith('$'));
    places ??= placesOfKeys(root);
    const place = places.get(canonicalKey(key, places.keys()));
    const near = nearest(key, known);
    if (near !== undefined && (place === undefined || snakeCase(near) === snakeCase(key))) {
      return didYouMean(key.includes('_') ? snakeCase(near) : near);
    }
    if (place !== undefined) return didYouMean(place);
    if (known.length === 0 || known.length > MAXIMUM_LISTED) return undefined;
    return `Known here: ${known.join(', ')}.`;
  };
}

/** Where the whole schema knows each key: the path that is least deep. */
function placesOfKeys(root: JsonSchema): Map<string, string> {
  const places = new Map<string, string>();
  let level: { path: string[]; schema: JsonSchema }[] = [{ path: [], schema: root }];
  for (let depth = 0; depth < MAXIMUM_DEPTH && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { path, schema } of level) {
      for (const [key, child] of viewSchema(root, schema).properties) {
        if (!places.has(key)) places.set(key, formatPath([...path, key]));
        next.push({ path: [...path, key], schema: child });
      }
    }
    level = next;
  }
  return places;
}

/** What to do about a value that the schema refuses. */
export function hintForValue(
  root: JsonSchema,
  schema: JsonSchema,
  node: ConfigNode,
  segments: readonly PathSegment[],
): string | undefined {
  const own = followRefs(root, schema);
  if (node.kind !== 'scalar') {
    return node.kind === 'map' && acceptedTypes(root, own)?.has('array') ? LIST_HINT : undefined;
  }
  const values: unknown = own['enum'];
  // Of numbers and codes of one or two letters everything is near to everything.
  if (typeof node.value === 'string' && /[a-z].*[a-z].*[a-z]/i.test(node.value) && Array.isArray(values)) {
    const near = nearest(
      node.value,
      values.filter((value) => typeof value === 'string'),
    );
    if (near !== undefined) return didYouMean(near);
  }
  if (segments.length === 1 && segments[0] === 'name' && typeof node.value === 'string') {
    const slug = slugOf(node.value);
    return slug === null ? undefined : didYouMean(slug);
  }
  return hintForType(root, own, node);
}

function hintForType(root: JsonSchema, schema: JsonSchema, { value, variables }: ScalarNode): string | undefined {
  const types = acceptedTypes(root, schema);
  if (types === null || variables !== undefined) return undefined;
  if (typeof value === 'boolean' && types.has('string')) return 'Put it in quotes if it is meant as a text.';
  if (value === null) return 'Give it a value, or remove the key.';
  if (typeof value !== 'string') return undefined;
  if (types.has('boolean')) {
    const meant = BOOLEANS.get(value.trim().toLowerCase());
    if (meant !== undefined) return `Write \`${meant}\`, without quotes.`;
  }
  const wantsNumber = types.has('integer') || types.has('number');
  if (wantsNumber && !types.has('string') && /^\d+(?:\.\d+)?$/.test(value.trim())) return 'Remove the quotes.';
  if (types.has('array')) return LIST_HINT;
  return undefined;
}

const LIST_HINT = 'Write a list: one `- ` line for each entry.';

/** What older YAML, and other formats, take for true and false. */
const BOOLEANS = new Map([
  ...['true', 'yes', 'on', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', 'n', '0'].map((word) => [word, false] as const),
]);

export function didYouMean(what: string): string {
  return `Did you mean \`${what}\`?`;
}
