import { flyError } from '../../fly-error.js';

/** A table of a fly.toml whose members nobody has checked yet. */
export type TomlTable = Record<string, unknown>;

/** Throws `FLY_TOML_INVALID` about one key of the file. */
export function refuseKey(key: string, expected: string, value: unknown): never {
  const got = typeof value === 'object' && value !== null ? 'a table or a list' : JSON.stringify(value);
  throw invalidToml(`${key} must be ${expected}, got ${got ?? 'nothing'}.`, { key });
}

export function invalidToml(message: string, details: { key?: string; line?: number; column?: number } = {}) {
  return flyError({
    code: 'FLY_TOML_INVALID',
    kind: 'usage',
    message: `The fly.toml cannot be used: ${message}`,
    hint: 'Correct it there. Fly reads it by the same rules.',
    details: { ...details },
  });
}

/** A list of tables; flyctl takes a single table for a list of one. */
export function tablesAt(table: TomlTable, key: string): TomlTable[] {
  const value = table[key];
  if (value === undefined) return [];
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.map((item) => asTable(item) ?? refuseKey(key, 'a table', item));
}

export function tableAt(table: TomlTable, key: string): TomlTable {
  const value = table[key];
  return value === undefined ? {} : (asTable(value) ?? refuseKey(key, 'a table', value));
}

function asTable(value: unknown): TomlTable | null {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
  return isTable ? (value as TomlTable) : null;
}

export function textAt(table: TomlTable, key: string, path = key): string | undefined {
  const value = table[key];
  if (value === undefined || typeof value === 'string') return value;
  return refuseKey(path, 'a text', value);
}

export function booleanAt(table: TomlTable, key: string, path = key): boolean | undefined {
  const value = table[key];
  if (value === undefined || typeof value === 'boolean') return value;
  return refuseKey(path, 'true or false', value);
}

export function textsAt(table: TomlTable, key: string, path = key): string[] | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  return refuseKey(path, 'a list of texts', value);
}

/** A whole number; flyctl also takes one that is written as a text. */
export function integerAt(table: TomlTable, key: string, path = key): number | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  return refuseKey(path, 'a whole number', value);
}

/** A duration of a check as the API takes it; a bare number is in milliseconds. */
export function checkTimeAt(table: TomlTable, key: string, path = key): string | undefined {
  return durationAt(table, key, path, 'ms');
}

/** A duration as the API takes it; `unit` is that of a bare number. */
export function durationAt(table: TomlTable, key: string, path: string, unit: 'ms' | 's'): string | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return `${value}${unit}`;
  if (typeof value === 'string' && /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value)) return value;
  return refuseKey(path, 'a duration such as "30s"', value);
}

const DECIMAL: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A volume's size in whole GB: a bare number is in GB, and units are decimal, as flyctl has it. Less than 1 GB is 0. */
export function gigabytesAt(table: TomlTable, key: string, path = key): number | undefined {
  const bytes = sizeAt(table, key, path, DECIMAL, 1e9);
  return bytes === undefined ? undefined : Math.floor(bytes / 1e9);
}

/** Memory in MB: a bare number is in MB, and units are binary. */
export function megabytesAt(table: TomlTable, key: string, path = key): number | undefined {
  const bytes = sizeAt(table, key, path, BINARY, 2 ** 20);
  return bytes === undefined ? undefined : Math.floor(bytes / 2 ** 20);
}

function sizeAt(
  table: TomlTable,
  key: string,
  path: string,
  units: Readonly<Record<string, number>>,
  bare: number,
): number | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value * bare;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?) ?(?:([kmgt]?)i?b?)$/i.exec(value.trim()) : null;
  if (match === null) return refuseKey(path, 'a size such as "30gb"', value);
  const [, number = '', unit = ''] = match;
  const isBare = !/[a-z]/i.test(String(value));
  return Number(number) * (isBare ? bare : (units[unit.toLowerCase()] as number));
}
