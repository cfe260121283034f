import path from 'node:path';
import { SindriError } from '../../model/errors.js';
import type { Variables } from '../variables/interpolation.js';
import { fingerprintSecret } from './secret-fingerprint.js';
import { loadDotenv, lookUpSecret, type SecretLookup, type SecretPlaces } from './secret-sources.js';
import type { EnvironmentSpec, SecretBundle, SecretInfo, SecretSpec } from '../../model/spec.js';
import { listAnd } from '../schema/words.js';

/** The sources that this version can read. */
export const SUPPORTED_SECRET_SOURCES: readonly SecretSpec['source'][] = ['env'];

/** Where to look for the values of secrets. */
export interface ResolveSecretsOptions {
  env: Variables;
  /** What `~` stands for. */
  homeDir: string;
  signal?: AbortSignal;
}

/** Secrets with their values, and those that are optional and were not found. */
export interface ResolvedSecrets extends SecretBundle {
  /** In the order of the config. */
  readonly omitted: readonly OmittedSecret[];
}

/** An optional secret without a value. */
export interface OmittedSecret {
  name: string;
  /** Each place, with why nothing was there. */
  lookedIn: string[];
}

/** An entry of `details.secrets` of `SECRET_MISSING` and `SECRET_SOURCE_UNSUPPORTED`. */
export interface SecretProblem {
  code: 'SECRET_MISSING' | 'SECRET_SOURCE_UNSUPPORTED';
  name: string;
  source: SecretSpec['source'];
  message: string;
  lookedIn: string[];
}

/**
 * Finds the value of every secret of `spec`. Reads files and variables, sends nothing anywhere. Rejects once for all secrets:
 * with `SECRET_SOURCE_UNSUPPORTED` when the config wants a source that this version cannot read (also for an optional secret:
 * nobody should wonder where it went), else with `SECRET_MISSING` when a required one has no value.
 */
export async function resolveSecrets(spec: EnvironmentSpec, options: ResolveSecretsOptions): Promise<ResolvedSecrets> {
  const { env, homeDir, signal } = options;
  signal?.throwIfAborted();
  const places: SecretPlaces = { env, homeDir, baseDir: spec.baseDir, dotenv: await loadDotenv(spec.baseDir) };
  const readable = spec.secrets.filter(({ source }) => SUPPORTED_SECRET_SOURCES.includes(source));
  const lookups = await Promise.all(
    readable.map(async (secret) => ({ secret, found: await lookUpSecret(secret, places) })),
  );
  signal?.throwIfAborted();

  const problems = [
    ...spec.secrets.filter((secret) => !readable.includes(secret)).map(unsupported),
    ...lookups.flatMap(({ secret, found }) =>
      secret.required && found.value === null ? [missing(secret, found)] : [],
    ),
  ];
  if (problems.length > 0) throw secretError(problems, spec);

  const values = new Map<string, string>();
  const omitted: OmittedSecret[] = [];
  const marking: Promise<SecretInfo>[] = [];
  for (const { secret, found } of lookups) {
    if (found.value === null) omitted.push({ name: secret.name, lookedIn: found.lookedIn });
    else {
      values.set(secret.name, found.value);
      marking.push(describeSecret(spec.name, secret.name, found.value, found.origin));
    }
  }
  const entries = await Promise.all(marking);
  signal?.throwIfAborted();
  return bundle(entries, values, omitted);
}

async function describeSecret(environment: string, name: string, value: string, origin: string): Promise<SecretInfo> {
  return { name, origin, fingerprint: await fingerprintSecret(environment, name, value) };
}

function bundle(entries: SecretInfo[], values: ReadonlyMap<string, string>, omitted: OmittedSecret[]): ResolvedSecrets {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    entries: sorted,
    omitted,
    reveal(name) {
      const value = values.get(name);
      if (value !== undefined) return value;
      throw new SindriError({
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

function missing({ name, source }: SecretSpec, found: SecretLookup): SecretProblem {
  const lookedIn = found.value === null ? found.lookedIn : [];
  const message = `${name} is required and has no value; looked in ${listAnd(lookedIn)}.`;
  return { code: 'SECRET_MISSING', name, source, message, lookedIn };
}

function secretError(problems: readonly SecretProblem[], { baseDir }: EnvironmentSpec): SindriError {
  const absent = problems.filter(({ code }) => code === 'SECRET_MISSING').map(({ name }) => name);
  const unsupportedOnes = problems.length - absent.length;
  const hints = [
    ...(unsupportedOnes > 0 ? [SUPPORTED_HINT] : []),
    ...(absent.length > 0 ? [`Set ${listAnd(absent)} in the shell, or in ${path.join(baseDir, '.env.local')}.`] : []),
  ];
  return new SindriError({
    code: unsupportedOnes > 0 ? 'SECRET_SOURCE_UNSUPPORTED' : 'SECRET_MISSING',
    kind: 'usage',
    message: problems.map(({ message }) => message).join(' '),
    hint: hints.join(' '),
    details: { secrets: problems.map((problem) => ({ ...problem })) },
  });
}

const SUPPORTED_HINT = `Supported: ${SUPPORTED_SECRET_SOURCES.map((source) => `\`source: ${source}\``).join(', ')}, with \`fromFile\` for a file.`;
