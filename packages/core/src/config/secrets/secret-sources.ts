import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { SecretSpec } from '../../model/spec.js';
import { coreError } from '../../model/core-error.js';
import { readLimitedBytes, readLimitedText } from '../text/read-limited.js';
import { valueOfVariable, type Variables } from '../variables/interpolation.js';
import { parseDotenv, type DotenvFile } from './dotenv.js';
import { isHalfPem } from './key-material.js';

/** What became of the search for the value of an `env` secret. */
export type SecretLookup =
  | FoundSecret
  /** Each place, with why nothing was there. */
  | { status: 'missing'; lookedIn: string[] }
  /** Something is there and is broken; no other place is asked, its value would be another one than what was meant. */
  | { status: 'broken'; message: string };

/** A value, and where it is from. */
export interface FoundSecret {
  status: 'found';
  value: string;
  /** For people: `environment`, `.env.local`, `~/.ssh/id_ed25519.pub`. */
  origin: string;
  /** The file that it is really from, links followed; `null` for a variable of the shell, and for a file that the caller has named. */
  file: string | null;
  /** Another place that is not this project's: a vault. */
  elsewhere?: string;
}

export interface SecretPlaces {
  env: Variables;
  /** `.env.local` before `.env`. */
  dotenv: readonly LoadedDotenv[];
  baseDir: string;
  homeDir: string;
}

/** A `.env` file as it was found. */
export interface LoadedDotenv {
  name: string;
  /** Links followed. */
  path: string;
  /** `null` when there is no such file. */
  file: DotenvFile | null;
  /** Why a file that is there was not read. */
  unreadable: string | null;
  /** The caller has named it, which is consent enough. */
  isNamed?: true;
}

/** Larger than any secret; a file beyond is the wrong one. */
const MAXIMUM_FILE_BYTES = 1024 * 1024;
const DOTENV_NAMES = ['.env.local', '.env'] as const;

/** Reads the one file that the caller has named instead of those beside the config. Rejects with `SECRET_UNREADABLE` when it cannot. */
export async function loadNamedDotenv(file: string): Promise<LoadedDotenv[]> {
  const result = await readLimitedText(file, MAXIMUM_FILE_BYTES, { pipes: true });
  if ('text' in result) {
    return [{ name: path.basename(file), path: file, file: parseDotenv(result.text), unreadable: null, isNamed: true }];
  }
  throw coreError({
    code: 'SECRET_UNREADABLE',
    kind: 'usage',
    message: `The env file ${file} cannot be read: ${result.reason}.`,
    hint: 'Nothing was sent. Give the path of a file with NAME=value lines.',
    details: { file, reason: result.reason },
  });
}

/** Reads the `.env` files beside the config. A file that is not there is nothing special. */
export function loadDotenv(baseDir: string): Promise<LoadedDotenv[]> {
  return Promise.all(
    DOTENV_NAMES.map(async (name) => {
      const file = path.join(baseDir, name);
      const [result, real] = await Promise.all([readLimitedText(file, MAXIMUM_FILE_BYTES), realPath(file)]);
      if ('text' in result) return { name, path: real, file: parseDotenv(result.text), unreadable: null };
      return { name, path: real, file: null, unreadable: result.absent ? null : result.reason };
    }),
  );
}

/**
 * The value of an `env` secret: the shell's variable, `.env.local`, `.env`, `fromFile`. An empty value counts as none, unless
 * the secret allows it.
 */
export async function lookUpSecret(secret: SecretSpec, places: SecretPlaces): Promise<SecretLookup> {
  const { name, fromFile } = secret;
  const counts = (value: string | undefined): value is string =>
    value !== undefined && (value !== '' || secret.allowEmpty === true);
  const inShell = valueOfVariable(places.env, name);
  if (counts(inShell)) return found(name, inShell, 'environment', null);
  const lookedIn = [`the variable ${name}${inShell === undefined ? '' : ' (empty)'}`];
  for (const { name: fileName, path: filePath, file, unreadable, isNamed } of places.dotenv) {
    const fault = file?.faults.find((one) => one.name === name);
    if (fault !== undefined) return broken(`${name}: line ${fault.line} of ${fileName} ${fault.message}.`);
    const value = file?.values.get(name);
    if (counts(value)) return found(name, value, fileName, isNamed === true ? null : filePath);
    lookedIn.push(value === undefined ? describeDotenv(fileName, file, unreadable) : `${fileName} (empty)`);
  }
  if (fromFile === undefined) return { status: 'missing', lookedIn };
  const expanded = expandPath(fromFile, places);
  if ('reason' in expanded) return { status: 'missing', lookedIn: [...lookedIn, `${fromFile} (${expanded.reason})`] };
  const file = path.resolve(places.baseDir, expanded.path);
  const result = await readLimitedText(file, MAXIMUM_FILE_BYTES);
  if ('reason' in result) return { status: 'missing', lookedIn: [...lookedIn, `${fromFile} (${result.reason})`] };
  const value = result.text.replace(/\r?\n$/, '');
  if (!counts(value)) return { status: 'missing', lookedIn: [...lookedIn, `${fromFile} (empty)`] };
  return found(name, value, fromFile, await realPath(file));
}

/**
 * The bytes of a `file` secret, in base64: nothing in them is changed on the way. An empty file is one, it was named for itself.
 */
export async function lookUpFileSecret({ name, settings }: SecretSpec, places: SecretPlaces): Promise<SecretLookup> {
  const written = String(settings['path']);
  const expanded = expandPath(written, places);
  if ('reason' in expanded) return { status: 'missing', lookedIn: [`${written} (${expanded.reason})`] };
  const file = path.resolve(places.baseDir, expanded.path);
  const result = await readLimitedBytes(file, MAXIMUM_FILE_BYTES);
  if ('absent' in result) return { status: 'missing', lookedIn: [`${written} (${result.reason})`] };
  if (isHalfPem(result.bytes.toString('latin1'))) {
    return broken(`${name}: ${written} begins a PEM block that does not end.`);
  }
  return {
    status: 'found',
    value: result.bytes.toString('base64'),
    origin: written,
    file: await realPath(file),
  };
}

function found(name: string, value: string, origin: string, file: string | null): SecretLookup {
  if (!isHalfPem(value)) return { status: 'found', value, origin, file };
  return broken(`${name}: the value from ${origin} begins a PEM block that does not end.`);
}

function broken(message: string): SecretLookup {
  return { status: 'broken', message };
}

function describeDotenv(name: string, file: DotenvFile | null, unreadable: string | null): string {
  if (unreadable !== null) return `${name} (${unreadable})`;
  if (file === null) return `${name} (not there)`;
  const [fault] = file.faults;
  return fault === undefined ? name : `${name} (line ${fault.line} ${fault.message})`;
}

async function realPath(file: string): Promise<string> {
  return realpath(file).catch(() => file);
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
