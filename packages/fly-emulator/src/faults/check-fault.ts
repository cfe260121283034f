import type { JsonObject, JsonValue } from '../json.js';
import type { FaultDefinition, FaultMatch, FaultRequest } from './fault.js';

/** What a parameter of a fault may be. The same name means the same in every fault. */
interface ParameterKind {
  /** As a refusal names it. */
  allowed: string;
  /** The value as the fault gets it; `undefined` = not allowed. */
  read(value: JsonValue): JsonValue | undefined;
}

const LONGEST_TEXT = 10_000;
const DAY_MS = 24 * 3_600_000;

const numberUpTo = (most: number): ParameterKind => ({
  allowed: `a number from 0 to ${most}`,
  read: (value) => (typeof value === 'number' && value >= 0 && value <= most ? value : undefined),
});
const text: ParameterKind = {
  allowed: `text of at most ${LONGEST_TEXT} characters`,
  read(value) {
    const found = typeof value === 'number' ? String(value) : value;
    return typeof found === 'string' && found.length <= LONGEST_TEXT ? found : undefined;
  },
};
const yesOrNo: ParameterKind = {
  allowed: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};
const lines: ParameterKind = {
  allowed: 'a line or a list of at most 1000 lines',
  read(value) {
    const list = (Array.isArray(value) ? value : [value]).map(text.read);
    return list.length <= 1000 && list.every((line) => line !== undefined) ? (list as string[]) : undefined;
  },
};

/** By name. A test keeps it complete. */
export const PARAMETER_KINDS: Readonly<Record<string, ParameterKind>> = {
  afterMs: numberUpTo(DAY_MS),
  commit: yesOrNo,
  description: text,
  empty: yesOrNo,
  exitCode: numberUpTo(255),
  gb: numberUpTo(1e6),
  log: lines,
  machine: text,
  memoryMb: numberUpTo(1e9),
  message: text,
  ms: numberUpTo(DAY_MS),
  oom: yesOrNo,
  org: text,
  owner: text,
  region: text,
  resource: text,
  retryAfter: text,
  ttlSeconds: numberUpTo(DAY_MS / 1000),
  volume: text,
};

const MATCH_KEYS: Record<keyof FaultMatch, (value: unknown) => boolean> = {
  method: isText,
  path: (value) => isText(value) || Object.prototype.toString.call(value) === '[object RegExp]',
  nth: (value) => Number.isInteger(value) && (value as number) >= 1,
  app: isText,
  machine: isText,
  probability: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};
const MATCH_ALLOWED =
  'method, path, app, machine (text), nth (a whole number from 1 on), probability (a number from 0 to 1)';

/** The parameters of a fault to be switched on, in the form that the fault reads. Throws with what is allowed. */
export function checkFault(definition: FaultDefinition, request: FaultRequest): JsonObject {
  const { name } = definition;
  checkMatch(name, request.match);
  if (request.times !== undefined && !(Number.isInteger(request.times) && request.times >= 0)) {
    throw new Error(`times of fault ${name} must be a whole number; 0 = until cleared`);
  }
  return Object.fromEntries(
    Object.entries(request.params ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, readParameter(definition, key, value as JsonValue)]),
  );
}

function readParameter(definition: FaultDefinition, key: string, value: JsonValue): JsonValue {
  const known = Object.keys(definition.params);
  if (!known.includes(key)) {
    const allowed = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    throw new Error(`fault ${definition.name} has no parameter ${JSON.stringify(key.slice(0, 100))}; ${allowed}`);
  }
  const kind = Object.hasOwn(PARAMETER_KINDS, key) ? PARAMETER_KINDS[key] : undefined;
  if (!kind) return value;
  const read = kind.read(value);
  if (read === undefined) throw new Error(`parameter ${key} of fault ${definition.name} must be ${kind.allowed}`);
  return read;
}

function checkMatch(name: string, match: FaultMatch | undefined): void {
  for (const [key, value] of Object.entries(match ?? {})) {
    if (value === undefined) continue;
    const isAllowed = Object.hasOwn(MATCH_KEYS, key) ? MATCH_KEYS[key as keyof FaultMatch] : undefined;
    if (!isAllowed?.(value)) {
      throw new Error(`match.${key.slice(0, 100)} of fault ${name} is not possible; match may have ${MATCH_ALLOWED}`);
    }
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 1000;
}
