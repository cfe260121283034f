import fs from 'node:fs/promises';
import path from 'node:path';
import { SindriError, systemClock, type Clock } from '@sindri/core';
import { listAgentKeys, type AgentKey } from './agent.js';
import { generateKeyPair, inspectKeyFile, readSmallFile } from './key-files.js';
import { parseAuthorizedKeys, publicKeysMatch } from './public-keys.js';
import { createFile, pathSegment, replaceFile, sshStateDir } from './state-files.js';

/** A key pair that this user can prove to own. Holds no secret: private bytes are read when a connection needs them. */
export type SshIdentity =
  /** An unencrypted private key file of the user. */
  | { kind: 'file'; path: string; publicKey: string }
  /** A key that lives in the agent behind `agentSocket`. */
  | { kind: 'agent'; publicKey: string; comment: string; agentSocket: string }
  /** A key pair that Sindri made for one environment. */
  | { kind: 'generated'; path: string; publicKey: string };

/** Where to look for keys. */
export interface FindIdentitiesOptions {
  /** `HOME` and `SSH_AUTH_SOCK` are read. */
  env: Readonly<Record<string, string | undefined>>;
  stateDir: string;
  /** The environment whose generated key is looked for. */
  environment: string;
  signal?: AbortSignal;
  clock?: Clock;
}

/**
 * The identities of this user, most likely first: `~/.ssh/id_ed25519`, the agent's keys (the one that belongs to
 * `~/.ssh/id_ed25519.pub` before the others), the key pair made for this environment. Each key once. Never writes, never asks.
 *
 * A key file with a passphrase is used through the agent only, so it is missing here when the agent does not hold it. Whatever
 * cannot be read counts as not there. Rejects only with `signal.reason`.
 */
export async function findIdentities(options: FindIdentitiesOptions): Promise<SshIdentity[]> {
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const [own, agentKeys, generated] = await Promise.all([
    findOwnKey(options.env),
    findAgentKeys(options.env, signal, options.clock ?? systemClock),
    findGeneratedKey(generatedKeyPath(options)),
  ]);
  const preferred = own.publicKey;
  agentKeys.sort((a, b) => Number(b.publicKey === preferred) - Number(a.publicKey === preferred));

  const identities: SshIdentity[] = [];
  for (const identity of [own.identity, ...agentKeys, generated]) {
    if (identity !== null && !identities.some(({ publicKey }) => publicKey === identity.publicKey)) {
      identities.push(identity);
    }
  }
  signal.throwIfAborted();
  return identities;
}

/**
 * The key pair made for one environment; makes it (ed25519, no passphrase, mode 0600 in directories of mode 0700) when there is
 * none. Two processes that do this at once end up with the same pair.
 *
 * Rejects with `SSH_KEY_UNUSABLE` when a file is there that is no usable private key: it is never overwritten.
 */
export async function createIdentity(options: { stateDir: string; environment: string }): Promise<SshIdentity> {
  const file = generatedKeyPath(options);
  const existing = await findGeneratedKey(file);
  if (existing !== null) return existing;

  const comment = `sindri-${pathSegment(options.environment)}`;
  const pair = generateKeyPair(comment);
  if (await createFile(file, pair.privateKey, 0o600)) {
    await replaceFile(`${file}.pub`, `${pair.publicKey} ${comment}\n`, 0o644);
  }
  const identity = await findGeneratedKey(file);
  if (identity !== null) return identity;
  throw new SindriError({
    code: 'SSH_KEY_UNUSABLE',
    kind: 'usage',
    message: `The SSH key of this environment, ${file}, is not a usable private key.`,
    hint: 'Move the file away and run the command again: a new key pair will be made.',
    details: { path: file },
  });
}

/**
 * The same identities, those whose key is in `authorizedKeys` first. A server gives up after a few wrong keys (often three), so
 * the right one has to be offered early.
 */
export function orderIdentities(identities: readonly SshIdentity[], authorizedKeys: readonly string[]): SshIdentity[] {
  const admitted = (identity: SshIdentity) => authorizedKeys.some((key) => publicKeysMatch(key, identity.publicKey));
  return [...identities.filter(admitted), ...identities.filter((identity) => !admitted(identity))];
}

/** Where an identity comes from, for people: the path of its file, or `agent (comment)`. */
export function describeIdentity(identity: SshIdentity): string {
  if (identity.kind !== 'agent') return identity.path;
  return identity.comment === '' ? 'agent' : `agent (${identity.comment})`;
}

/**
 * The identity of one private key file, `null` when it is not there, has a passphrase, or is in a format other than OpenSSH's:
 * for keys that a config names and {@link findIdentities} does not look for.
 */
export async function identityFromFile(file: string): Promise<SshIdentity | null> {
  const found = await inspectKeyFile(file);
  return found.status === 'usable' ? { kind: 'file', path: file, publicKey: found.publicKey } : null;
}

async function findOwnKey(
  env: FindIdentitiesOptions['env'],
): Promise<{ identity: SshIdentity | null; publicKey?: string }> {
  const home = env.HOME;
  // A relative HOME would mean a different key in each directory.
  if (home === undefined || !path.isAbsolute(home)) return { identity: null };
  const file = path.join(home, '.ssh', 'id_ed25519');
  const found = await inspectKeyFile(file);
  if (found.status === 'usable') {
    return { identity: { kind: 'file', path: file, publicKey: found.publicKey }, publicKey: found.publicKey };
  }
  if (found.status === 'encrypted') return { identity: null, publicKey: found.publicKey };
  const [publicKey] = parseAuthorizedKeys((await readSmallFile(`${file}.pub`)) ?? '');
  return { identity: null, publicKey };
}

async function findAgentKeys(env: FindIdentitiesOptions['env'], signal: AbortSignal, clock: Clock) {
  const agentSocket = env.SSH_AUTH_SOCK;
  if (agentSocket === undefined || agentSocket === '') return [];
  const keys: AgentKey[] = await listAgentKeys(agentSocket, signal, clock);
  return keys.map(({ publicKey, comment }): SshIdentity => ({ kind: 'agent', publicKey, comment, agentSocket }));
}

async function findGeneratedKey(file: string): Promise<SshIdentity | null> {
  const found = await inspectKeyFile(file);
  return found.status === 'usable' ? { kind: 'generated', path: file, publicKey: found.publicKey } : null;
}

function generatedKeyPath({ stateDir, environment }: { stateDir: string; environment: string }): string {
  return path.join(sshStateDir(stateDir), 'keys', pathSegment(environment), 'id_ed25519');
}

/** Reads the private key of a file identity. Rejects when it has gone or changed since it was found. */
export async function readPrivateKey(file: string): Promise<string> {
  return fs.readFile(file, 'utf8');
}
