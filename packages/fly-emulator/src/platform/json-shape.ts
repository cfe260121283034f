import { badRequest } from '../api-error.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';

/** What a body may hold. Members that are not named are dropped without a word, as Fly's decoder does. */
export type Shape =
  | 'string'
  | 'int'
  | 'number'
  | 'bool'
  | 'duration'
  | 'any'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly object: Readonly<Record<string, Shape>> };

/**
 * Keeps what `shape` names, drops the rest, and throws 400 for a member of the wrong type.
 * @param where name of the value in the error text
 */
export function decodeShape(shape: Shape, value: JsonValue | undefined, where: string): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === 'string') return decodeScalar(shape, value, where);
  if ('list' in shape) {
    if (!Array.isArray(value)) throw wrongType(value, where, 'slice');
    return value.map((item) => decodeShape(shape.list, item, where) ?? null);
  }
  if (!isJsonObject(value)) throw wrongType(value, where, 'map' in shape ? 'map' : 'struct');
  const result: JsonObject = {};
  const members = 'map' in shape ? Object.keys(value) : Object.keys(shape.object);
  for (const key of members) {
    if (!Object.hasOwn(value, key)) continue;
    const memberShape = 'map' in shape ? shape.map : shape.object[key];
    if (memberShape === undefined) continue;
    const member = decodeShape(memberShape, value[key], `${where}.${key}`);
    if (member !== undefined) result[key] = member;
  }
  return result;
}

function decodeScalar(shape: string, value: JsonValue, where: string): JsonValue {
  const fits =
    shape === 'any' ||
    (shape === 'string' && typeof value === 'string') ||
    (shape === 'bool' && typeof value === 'boolean') ||
    (shape === 'number' && typeof value === 'number') ||
    (shape === 'int' && typeof value === 'number' && Number.isInteger(value)) ||
    (shape === 'duration' && (typeof value === 'string' || typeof value === 'number'));
  if (!fits) throw wrongType(value, where, shape);
  return value;
}

/** Worded like Go's decoder, which Fly's API is built on; the struct names are ours (unsure). */
function wrongType(value: JsonValue, where: string, wanted: string) {
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const name = kind === 'boolean' ? 'bool' : kind;
  return badRequest(`json: cannot unmarshal ${name} into Go struct field ${where} of type ${wanted}`);
}
