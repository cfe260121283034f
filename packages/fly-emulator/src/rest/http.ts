import { badRequest } from '../api-error.js';
import type { Peer } from '../peer-owner.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';

/** A request as handlers see it: no sockets. */
export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
  /** Aborted when the client goes away, or the emulator stops. */
  signal: AbortSignal;
  /** The other end of the connection; absent where there is none. */
  peer?: Peer;
}

export interface ApiResponse {
  status: number;
  headers?: Record<string, string>;
  /** Printed as JSON; absent = an empty body. */
  body?: JsonValue | undefined;
  /** Printed as it is, in place of `body`. */
  text?: string;
}

export const json = (body: JsonValue, status = 200, headers?: Record<string, string>): ApiResponse => ({
  status,
  body,
  ...(headers ? { headers } : {}),
});

export const empty = (status: number): ApiResponse => ({ status });

/** The body as an object; `{}` when there is none. Throws 400 like Go's decoder, naming its `type`. */
export function bodyObject(request: ApiRequest, type = 'struct'): JsonObject {
  if (request.body.trim() === '') return {};
  return requiredBody(request, type);
}

/** The same where a body must be there: without one the answer is 400 `EOF`. */
export function requiredBody(request: ApiRequest, type = 'struct'): JsonObject {
  if (request.body.trim() === '') throw badRequest('EOF');
  let value: unknown;
  try {
    value = JSON.parse(request.body);
  } catch {
    throw badRequest('invalid character in JSON body');
  }
  if (isJsonObject(value)) return value;
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  throw badRequest(`json: cannot unmarshal ${kind === 'boolean' ? 'bool' : kind} into Go value of type ${type}`);
}

/** `?force=true`; a name without a value counts as true. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && !['false', '0', 'f', 'F', 'FALSE'].includes(value);
}

export function intParam(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^-?\d+$/.test(value)) throw badRequest(`invalid_argument: ${name} must be an integer`);
  return Number(value);
}

/** Values of a parameter that may be repeated or hold a comma list. */
export function listParam(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}
