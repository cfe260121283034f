import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { SindriError } from '../../model/errors.js';
import type { EnvironmentSpec, SecretBundle, SecretInfo, SecretSpec } from '../../model/spec.js';
import { listAnd } from '../schema/words.js';
import type { Variables } from '../variables/interpolation.js';
import { holdsOnlyPublicKeys, holdsPrivateKey } from './key-material.js';
import { fingerprintSecret } from './secret-fingerprint.js';
import {
  loadDotenv,
  lookUpSecret,
  type FoundSecret,
  type LoadedDotenv,
  type SecretLookup,
  type SecretPlaces,
} from './secret-sources.js';
import { coreError } from '../../model/core-error.js';

/** The sources that this version can read. */
export const SUPPORTED_SECRET_SOURCES: readonly SecretSpec['source'][] = ['env'];

/** Where to look for the values of secrets. */
export interface ResolveSecretsOptions {
  env: Variables;
  /** What `~` stands for. */
  homeDir: string;
  /** Which are required although the config may not say so: see `Provider.requiredSecrets`. */
  requiredSecrets?: readonly string[];
  signal?: AbortSignal;
}

/** Secrets with their values, and those that are optional and were not found. */
export interface ResolvedSecrets extends SecretBundle {
  /** In the order of the config. */
  readonly omitted: readonly OmittedSecret[];
  /** Lines of `.env` files that were skipped, each as one sentence: `.env line 3 is no …`. */
  readonly skippedLines: readonly string[];
}

/** An optional secret without a value. */
export interface OmittedSecret {
  name: string;
  /** Each place, with why nothing was there. */
  lookedIn: string[];
}

/** An entry of `details.secrets` of `SECRET_MISSING`, `SECRET_UNREADABLE` and `SECRET_SOURCE_UNSUPPORTED`. */
export interface SecretProblem {
  code: 'SECRET_MISSING' | 'SECRET_UNREADABLE' | 'SECRET_SOURCE_UNSUPPORTED';
  name: string;
  source: SecretSpec['source'];
  message: string;
  lookedIn: string[];
}

/**
 * Finds the value of every secret of `spec`. Reads files and variables, sends nothing anywhere. Rejects once for all secrets:
 * with `SECRET_SOURCE_UNSUPPORTED` when the config wants a source that this version cannot read (also for an optional secret:
 * nobody should wonder where it went), else with `SECRET_UNREADABLE` when a value is there but broken, else with
 * `SECRET_MISSING` when a required one has no value.
 */
export async function resolveSecrets(spec: EnvironmentSpec, options: ResolveSecretsOptions): Promise<ResolvedSecrets> {
  const { env, homeDir, signal } = options;
  signal?.throwIfAborted();
  const dotenv = await loadDotenv(spec.baseDir);
  const places: SecretPlaces = { env, homeDir, baseDir: spec.baseDir, dotenv };
  const readable = spec.secrets.filter(({ source }) => SUPPORTED_SECRET_SOURCES.includes(source));
  const lookups = await Promise.all(
    readable.map(async (secret) => ({ secret, found: await lookUpSecret(secret, places) })),
  );
  signal?.throwIfAborted();

  const problems = [
    ...spec.secrets.filter((secret) => !readable.includes(secret)).map(unsupported),
    ...lookups.flatMap(({ secret, found }) => problemOf(secret, found) ?? []),
  ];
  if (problems.length > 0) throw secretError(problems, spec, options);

  const values = new Map<string, string>();
  const omitted: OmittedSecret[] = [];
  const marking: Promise<SecretInfo>[] = [];
  const project = await realpath(spec.baseDir).catch(() => spec.baseDir);
  for (const { secret, found } of lookups) {
    if (found.status === 'missing') omitted.push({ name: secret.name, lookedIn: found.lookedIn });
    if (found.status !== 'found') continue;
    values.set(secret.name, found.value);
    marking.push(describeSecret(spec.name, secret.name, found, project));
  }
  const entries = await Promise.all(marking);
  signal?.throwIfAborted();
  return bundle(entries, values, omitted, skippedLines(dotenv));
}

function problemOf(secret: SecretSpec, found: SecretLookup): SecretProblem | null {
  if (found.status === 'broken') return broken(secret, found.message);
  return secret.required && found.status === 'missing' ? missing(secret, found.lookedIn) : null;
}

function skippedLines(dotenv: readonly LoadedDotenv[]): string[] {
  return dotenv.flatMap(({ name, file }) =>
    (file?.faults ?? []).map(({ line, message }) => `${name} line ${line} ${message}`),
  );
}

async function describeSecret(
  environment: string,
  name: string,
  { value, origin, file }: FoundSecret,
  project: string,
): Promise<SecretInfo> {
  const isOutside = file !== null && !isInside(project, file) && !holdsOnlyPublicKeys(value);
  return {
    name,
    origin,
    fingerprint: await fingerprintSecret(environment, name, value),
    ...(isOutside ? { outside: file } : {}),
    ...(holdsPrivateKey(value) ? { privateKey: true } : {}),
  };
}

function isInside(directory: string, file: string): boolean {
  const way = path.relative(directory, file);
  return way !== '' && !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
}

function bundle(
  entries: SecretInfo[],
  values: ReadonlyMap<string, string>,
  omitted: OmittedSecret[],
  skipped: string[],
): ResolvedSecrets {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    entries: sorted,
    omitted,
    skippedLines: skipped,
    reveal(name) {
      const value = values.get(name);
      if (value !== undefined) return value;
      throw coreError({
        code: 'SECRET_MISSING',
        kind: 'internal',
        message: `There is no secret ${name} in this environment.`,
        details: { names: sorted.map((entry) => entry.name) },
      });
    },
  };
}

function unsupported({ name, source }: SecretSpec): SecretProblem {
  const message = `${name}: this version cannot read the source "${source}".`;
  return { code: 'SECRET_SOURCE_UNSUPPORTED', name, source, message, lookedIn: [] };
}

function broken({ name, source }: SecretSpec, message: string): SecretProblem {
  return { code: 'SECRET_UNREADABLE', name, source, message, lookedIn: [] };
}

function missing({ name, source }: SecretSpec, lookedIn: string[]): SecretProblem {
  const message = `${name} is required and has no value; looked in ${listAnd(lookedIn)}.`;
  return { code: 'SECRET_MISSING', name, source, message, lookedIn };
}

function secretError(
  problems: readonly SecretProblem[],
  { baseDir }: EnvironmentSpec,
  { requiredSecrets = [] }: Pick<ResolveSecretsOptions, 'requiredSecrets'>,
): SindriError {
  const named = (code: SecretProblem['code']): string[] =>
    problems.filter((problem) => problem.code === code).map(({ name }) => name);
  const unsupportedOnes = named('SECRET_SOURCE_UNSUPPORTED');
  const brokenOnes = named('SECRET_UNREADABLE');
  const absent = named('SECRET_MISSING');
  const hints = [
    ...(unsupportedOnes.length > 0 ? [SUPPORTED_HINT] : []),
    ...(brokenOnes.length > 0 ? [`Mend the value of ${listAnd(brokenOnes)}. Nothing was sent.`] : []),
    ...(absent.length > 0 ? [`Set ${listAnd(absent)} in the shell, or in ${path.join(baseDir, '.env.local')}.`] : []),
    ...absent
      .filter((name) => requiredSecrets.includes(name))
      .map((name) => `A config that names ${name} requires it; to deploy without, say \`required: false\` there.`),
  ];
  return coreError({
    code:
      unsupportedOnes.length > 0
        ? 'SECRET_SOURCE_UNSUPPORTED'
        : brokenOnes.length > 0
          ? 'SECRET_UNREADABLE'
          : 'SECRET_MISSING',
    kind: 'usage',
    message: problems.map(({ message }) => message).join(' '),
    hint: hints.join(' '),
    details: { secrets: problems.map((problem) => ({ ...problem })) },
  });
}

const SUPPORTED_HINT = `Supported: ${SUPPORTED_SECRET_SOURCES.map((source) => `\`source: ${source}\``).join(', ')}, with \`fromFile\` for a file.`;
