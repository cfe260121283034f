import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseDotenv, type DotenvFile } from './dotenv.js';
import { valueOfVariable, type Variables } from '../variables/interpolation.js';
import type { SecretSpec } from '../../model/spec.js';

/** Where the value of an `env` secret was found, or where it was looked for. */
export type SecretLookup = { value: string; origin: string } | { value: null; lookedIn: string[] };

export interface SecretPlaces {
  env: Variables;
  /** `.env.local` before `.env`. */
  dotenv: readonly LoadedDotenv[];
  baseDir: string;
  homeDir: string;
}

interface LoadedDotenv {
  name: string;
  /** `null` when there is no such file. */
  file: DotenvFile | null;
  /** Why a file that is there was not read. */
  unreadable: string | null;
}

/** Larger than any secret; a file beyond is the wrong one. */
const MAXIMUM_FILE_BYTES = 1024 * 1024;
const DOTENV_NAMES = ['.env.local', '.env'] as const;

/** Reads the `.env` files beside the config. A file that is not there is nothing special. */
export function loadDotenv(baseDir: string): Promise<LoadedDotenv[]> {
  return Promise.all(
    DOTENV_NAMES.map(async (name) => {
      const result = await readText(path.join(baseDir, name));
      if ('text' in result) return { name, file: parseDotenv(result.text), unreadable: null };
      return { name, file: null, unreadable: result.reason === NOT_FOUND ? null : result.reason };
    }),
  );
}

/** The value of an `env` secret: the shell's variable (also an empty one), `.env.local`, `.env`, `fromFile`. */
export async function lookUpSecret({ name, fromFile }: SecretSpec, places: SecretPlaces): Promise<SecretLookup> {
  const inShell = valueOfVariable(places.env, name);
  if (inShell !== undefined) return { value: inShell, origin: 'environment' };
  const lookedIn = [`the variable ${name}`];
  for (const { name: fileName, file, unreadable } of places.dotenv) {
    const value = file?.values.get(name);
    if (value !== undefined) return { value, origin: fileName };
    lookedIn.push(describeDotenv(fileName, file, unreadable));
  }
  if (fromFile === undefined) return { value: null, lookedIn };
  const expanded = expandPath(fromFile, places);
  if ('reason' in expanded) return { value: null, lookedIn: [...lookedIn, `${fromFile} (${expanded.reason})`] };
  const result = await readText(path.resolve(places.baseDir, expanded.path));
  if ('reason' in result) return { value: null, lookedIn: [...lookedIn, `${fromFile} (${result.reason})`] };
  return { value: result.text.replace(/\r?\n$/, ''), origin: fromFile };
}

function describeDotenv(name: string, file: DotenvFile | null, unreadable: string | null): string {
  if (unreadable !== null) return `${name} (${unreadable})`;
  if (file === null) return `${name} (not there)`;
  const [fault] = file.faults;
  return fault === undefined ? name : `${name} (line ${fault.line} ${fault.message})`;
}

const NOT_FOUND = 'not there';

async function readText(file: string): Promise<{ text: string } | { reason: string }> {
  try {
    const { size } = await stat(file);
    if (size > MAXIMUM_FILE_BYTES) return { reason: 'larger than 1 MB' };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { reason: NOT_FOUND };
    if (code === 'EACCES' || code === 'EPERM') return { reason: 'no permission' };
    if (code === 'EISDIR') return { reason: 'a directory' };
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return { reason: 'not a text file' };
    return { reason: code ?? 'not readable' };
  }
}

/** `~` in front, `$VAR` and `${VAR}` anywhere. */
function expandPath(text: string, { env, homeDir }: SecretPlaces): { path: string } | { reason: string } {
  let unset: string | undefined;
  const filled = text.replace(/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g, (_all, braced, bare) => {
    const name = (braced ?? bare) as string;
    const value = valueOfVariable(env, name);
    if (value === undefined) unset ??= name;
    return value ?? '';
  });
  if (unset !== undefined) return { reason: `${unset} is not set` };
  return { path: filled === '~' || filled.startsWith('~/') ? path.join(homeDir, filled.slice(1)) : filled };
}
