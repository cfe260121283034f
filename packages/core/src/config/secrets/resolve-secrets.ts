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
  loadNamedDotenv,
  lookUpFileSecret,
  lookUpSecret,
  type FoundSecret,
  type LoadedDotenv,
  type SecretLookup,
  type SecretPlaces,
} from './secret-sources.js';
import { createVaultLookup } from './vault-secrets.js';
import type { AskVault } from '../../model/secrets.js';
import { coreError } from '../../model/core-error.js';

/** Where to look for the values of secrets. */
export interface ResolveSecretsOptions {
  env: Variables;
  /** What `~` stands for. */
  homeDir: string;
  /** Which are required although the config may not say so: see `Provider.requiredSecrets`. */
  requiredSecrets?: readonly string[];
  /** A file to read instead of `.env.local` and `.env`. */
  envFile?: string;
  /** Whether the provider can make a secret a file, see `Provider.secretFiles`. Default false. */
  files?: boolean;
  /** Who reads from a vault. Default: nobody, and a config that wants it is refused. */
  vault?: AskVault;
  /** Told what must not be seen and is in no bundle. */
  hide?: (value: string) => void;
  /** Only look what is there: what is missing or broken is left out and told in `unread`. Default false. */
  lenient?: boolean;
  signal?: AbortSignal;
}

/** Secrets with their values, and those that are optional and were not found. */
export interface ResolvedSecrets extends SecretBundle {
  /** In the order of the config. */
  readonly omitted: readonly OmittedSecret[];
  /** Lines of `.env` files that were skipped, each as one sentence: `.env line 3 is no …`. */
  readonly skippedLines: readonly string[];
  /** With `lenient`: why a value is not in here, each as one sentence. */
  readonly unread: readonly string[];
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
 * Finds the value of every secret of `spec`. Reads files, variables and vaults, and sends no value anywhere. Rejects once for all secrets:
 * with `SECRET_SOURCE_UNSUPPORTED` when the config wants a source that cannot be read, or a file where the provider delivers none (also for
 * an optional secret: nobody should wonder where it went), else with `SECRET_UNREADABLE` when a value is there but broken, else with
 * `SECRET_MISSING` when a required one has no value.
 */
export async function resolveSecrets(spec: EnvironmentSpec, options: ResolveSecretsOptions): Promise<ResolvedSecrets> {
  const { env, homeDir, signal, hide = () => undefined, lenient = false } = options;
  signal?.throwIfAborted();
  const dotenv = await (options.envFile === undefined ? loadDotenv(spec.baseDir) : loadNamedDotenv(options.envFile));
  const places: SecretPlaces = { env, homeDir, baseDir: spec.baseDir, dotenv };
  const readers: Record<SecretSpec['source'], ((secret: SecretSpec) => Promise<SecretLookup>) | null> = {
    env: (secret) => lookUpSecret(secret, places),
    file: options.files === true ? (secret) => lookUpFileSecret(secret, places) : null,
    vault:
      options.vault === undefined
        ? null
        : createVaultLookup(options.vault, { env, hide, signal: signal ?? new AbortController().signal }),
    s3: null,
  };
  const lookups = (
    await Promise.all(
      spec.secrets.map(async (secret) => {
        const found = await readers[secret.source]?.(secret);
        return found === undefined ? [] : [{ secret, found }];
      }),
    )
  ).flat();
  signal?.throwIfAborted();

  const problems = [
    ...spec.secrets.filter(({ source }) => readers[source] === null).map(unsupported),
    ...lookups.flatMap(({ secret, found }) => problemOf(secret, found) ?? []),
  ];
  if (problems.length > 0 && !lenient) throw secretError(problems, spec, options);

  const values = new Map<string, string>();
  const omitted: OmittedSecret[] = [];
  const marking: Promise<SecretInfo>[] = [];
  const project = await realpath(spec.baseDir).catch(() => spec.baseDir);
  for (const { secret, found } of lookups) {
    if (found.status === 'missing') omitted.push({ name: secret.name, lookedIn: found.lookedIn });
    if (found.status !== 'found') continue;
    values.set(secret.name, found.value);
    if (secret.file !== undefined) hideContent(found.value, hide);
    marking.push(describeSecret(spec.name, secret, found, project));
  }
  const entries = await Promise.all(marking);
  signal?.throwIfAborted();
  const unread = lenient ? problems.map(({ message }) => message) : [];
  return { ...bundle(entries, values, omitted, skippedLines(dotenv)), unread };
}

/** What is in a file may be seen on its own; short lines of one are everybody's, and hiding them would spoil every text. */
function hideContent(base64: string, hide: (value: string) => void): void {
  const lines = Buffer.from(base64, 'base64').toString('utf8').split(/\r?\n/);
  for (const line of lines) if (line.trim().length >= 16) hide(line.trim());
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
  { name, file: delivered }: SecretSpec,
  { value, origin, file, elsewhere }: FoundSecret,
  project: string,
): Promise<SecretInfo> {
  const text = delivered === undefined ? value : Buffer.from(value, 'base64').toString('latin1');
  const isOutside = file !== null && !isInside(project, file) && !holdsOnlyPublicKeys(text);
  const outside = elsewhere ?? (isOutside ? file : undefined);
  return {
    name,
    origin,
    fingerprint: await fingerprintSecret(environment, name, value),
    ...(outside === undefined ? {} : { outside }),
    ...(holdsPrivateKey(text) ? { privateKey: true } : {}),
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
): Omit<ResolvedSecrets, 'unread'> {
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

const UNSUPPORTED: Partial<Record<SecretSpec['source'], string>> = {
  file: 'this provider cannot deliver the source "file".',
};

function unsupported({ name, source }: SecretSpec): SecretProblem {
  const message = `${name}: ${UNSUPPORTED[source] ?? `this version cannot read the source "${source}".`}`;
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
  options: ResolveSecretsOptions,
): SindriError {
  const { requiredSecrets = [], envFile } = options;
  const named = (code: SecretProblem['code']): string[] =>
    problems.filter((problem) => problem.code === code).map(({ name }) => name);
  const unsupportedOnes = named('SECRET_SOURCE_UNSUPPORTED');
  const brokenOnes = named('SECRET_UNREADABLE');
  const absent = named('SECRET_MISSING');
  const inEnv = problems.flatMap(({ code, name, source }) =>
    code === 'SECRET_MISSING' && source === 'env' ? [name] : [],
  );
  const elsewhere = absent.filter((name) => !inEnv.includes(name));
  const hints = [
    ...(unsupportedOnes.length > 0 ? [supportedHint(options)] : []),
    ...(brokenOnes.length > 0 ? [`Correct this for ${listAnd(brokenOnes)}, and run it again. Nothing was sent.`] : []),
    ...(inEnv.length > 0
      ? [`Set ${listAnd(inEnv)} in the shell, or in ${envFile ?? path.join(baseDir, '.env.local')}.`]
      : []),
    ...(elsewhere.length > 0 ? [`Put ${listAnd(elsewhere)} where the config says.`] : []),
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

function supportedHint({ files, vault }: ResolveSecretsOptions): string {
  const sources = ['env', ...(files === true ? ['file'] : []), ...(vault === undefined ? [] : ['vault'])];
  return `Supported: ${sources.map((source) => `\`source: ${source}\``).join(', ')}, with \`fromFile\` for a file.`;
}
