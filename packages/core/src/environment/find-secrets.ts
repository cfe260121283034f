import type { OperationContext } from '../model/context.js';
import type { EnvironmentSpec, SecretBundle, SecretInfo } from '../model/spec.js';
import { callProviderNow } from '../provider/call.js';
import type { Provider, SecretFinding } from '../provider/contract.js';
import type { Redactor } from '../redact/redactor.js';
import { holdsPrivateKey } from '../config/secrets/key-material.js';
import { fingerprintSecret } from '../config/secrets/secret-fingerprint.js';
import { coreError } from '../model/core-error.js';
import { runPhase } from './operation.js';

/** Secrets, those that the config allows to be missing, and what was skipped on the way. */
export interface FoundSecrets extends SecretBundle {
  readonly omitted?: readonly { name: string; lookedIn: string[] }[];
  readonly skippedLines?: readonly string[];
  /** With `lenient`: why a value is not in here. */
  readonly unread?: readonly string[];
}

/** What finding secrets works on. */
export interface SecretSubject {
  spec: EnvironmentSpec;
  provider: Provider;
  redactor: Redactor;
  /** Rejects with `SECRET_MISSING` or `SECRET_UNREADABLE`, unless it is `lenient`; called once per plan. */
  resolveSecrets(signal: AbortSignal, how?: { lenient?: boolean }): Promise<FoundSecrets>;
}

/** The secrets of nobody, for every intent that sets none. */
export const NO_SECRETS: SecretBundle = {
  entries: [],
  reveal(name) {
    throw new Error(`no secret "${name}"`);
  },
};

/**
 * Finds the secrets that a deploy sets, hides their values, and lets the provider look at them, all before any request. Rejects
 * with `SECRET_UNUSABLE`, for all of them at once, when the provider says that a value cannot work.
 */
export async function findSecrets(subject: SecretSubject, context: OperationContext): Promise<SecretBundle> {
  const found = await readSecrets(subject, context);
  for (const { name } of found.entries) subject.redactor.add(found.reveal(name));
  for (const { name, lookedIn } of found.omitted ?? []) {
    const places = lookedIn.length === 0 ? '' : ` (looked in: ${lookedIn.join('; ')})`;
    const message = `The optional secret ${name} has no value here${places}: what was set before stays.`;
    context.emit({ type: 'notice', level: 'info', code: 'SECRET_OMITTED', message });
  }
  for (const line of found.skippedLines ?? []) {
    context.emit({ type: 'notice', level: 'warning', code: 'SECRET_LINE_SKIPPED', message: `${line}; it is skipped.` });
  }
  return { entries: inspect(subject, found), reveal: (name) => found.reveal(name) };
}

/** The values that the config names. Told as a phase where somebody else is asked for one, which may take its time to answer. */
export function readSecrets(
  subject: SecretSubject,
  context: OperationContext,
  how: { lenient?: boolean } = {},
): Promise<FoundSecrets> {
  const read = (): Promise<FoundSecrets> => subject.resolveSecrets(context.signal, how);
  const asks = subject.spec.secrets.some(({ source }) => source === 'vault');
  return asks ? runPhase(context, 'secrets', 'Ask the vault', read) : read();
}

/** What a caller gives values for, beside the config. Looked at like {@link findSecrets}. Rejects with `SECRET_MISSING` for a name without one. */
export async function takeSecrets(
  subject: SecretSubject,
  names: readonly string[],
  values: Readonly<Record<string, string>> | undefined,
): Promise<SecretBundle> {
  const given = new Map(Object.entries(values ?? {}).filter(([name]) => names.includes(name)));
  const missing = names.filter((name) => !given.has(name));
  if (missing.length > 0) {
    throw coreError({
      code: 'SECRET_MISSING',
      kind: 'usage',
      message: `There is no value for ${missing.join(', ')}.`,
      hint: 'A plan has no values in it: give them once more.',
      details: { names: missing },
    });
  }
  for (const value of given.values()) subject.redactor.add(value);
  const entries = await Promise.all(
    names.map(async (name): Promise<SecretInfo> => {
      const value = given.get(name) as string;
      const fingerprint = await fingerprintSecret(subject.spec.name, name, value);
      return { name, origin: 'given', fingerprint, ...(holdsPrivateKey(value) ? { privateKey: true } : {}) };
    }),
  );
  const reveal = (name: string): string => given.get(name) ?? NO_SECRETS.reveal(name);
  return { entries: inspect(subject, { entries, reveal }), reveal };
}

function inspect(subject: SecretSubject, found: SecretBundle): SecretInfo[] {
  const findings = found.entries.map((entry): [SecretInfo, SecretFinding] => [
    entry,
    judge(subject, { name: entry.name, value: found.reveal(entry.name) }),
  ]);
  const problems = findings.flatMap(([{ name, origin }, { problem }]) =>
    problem === undefined ? [] : [{ name, origin, ...problem }],
  );
  if (problems.length > 0) {
    throw coreError({
      code: 'SECRET_UNUSABLE',
      kind: 'usage',
      message: problems.map(({ name, origin, message }) => `${name} (from ${origin}): ${message}`).join(' '),
      hint: problems.flatMap(({ hint }) => hint ?? []).join(' ') || undefined,
      details: { secrets: problems.map(({ name, origin, message }) => ({ name, origin, message })) },
    });
  }
  return findings.map(([entry, { facts }]) => (facts === undefined ? entry : { ...entry, facts }));
}

/** Of a file the value is base64, in which everything can be. */
const NUL: SecretFinding = {
  problem: {
    message: 'There is a NUL byte in it, which no variable can have.',
    hint: 'Encode it, for example with base64.',
  },
};

function judge({ provider, spec }: SecretSubject, secret: { name: string; value: string }): SecretFinding {
  if (secret.value.includes('\0')) return NUL;
  if (provider.inspectSecret === undefined) return {};
  return callProviderNow(provider, 'inspectSecret', () => provider.inspectSecret?.(secret, spec)) ?? {};
}
