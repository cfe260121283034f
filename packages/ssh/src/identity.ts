import path from 'node:path';
import { systemClock, type Clock } from '@sindri/core';
import { listAgentKeys, type AgentKey } from './agent.js';
import { generateKeyPair, inspectKeyFile, readSmallFile } from './key-files.js';
import { parseAuthorizedKeys, publicKeysMatch } from './public-keys.js';
import { createFile, pathSegment, replaceFile, sshStateDir } from './state-files.js';
import { sshError } from './ssh-error.js';

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
 * The identities of this user, most likely first: the first usable one of `~/.ssh/id_ed25519`, `id_ecdsa` and `id_rsa`, the agent's
 * keys (the one that belongs to the first `.pub` file before the others), the other key files, the key pair made for this
 * environment. Each key once. Never writes, never asks.
 *
 * A key file with a passphrase is used through the agent only, so it is missing here when the agent does not hold it. Whatever
 * cannot be read counts as not there. Rejects only with `signal.reason`.
 */
export async function findIdentities(options: FindIdentitiesOptions): Promise<SshIdentity[]> {
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const [own, agentKeys, generated] = await Promise.all([
    findOwnKeys(options.env),
    findAgentKeys(options.env, signal, options.clock ?? systemClock),
    findGeneratedKey(generatedKeyPath(options)),
  ]);
  const { preferred } = own;
  agentKeys.sort((a, b) => Number(b.publicKey === preferred) - Number(a.publicKey === preferred));
  const [first, ...others] = own.identities;

  const identities: SshIdentity[] = [];
  for (const identity of [first, ...agentKeys, ...others, generated ?? undefined]) {
    if (identity !== undefined && !identities.some(({ publicKey }) => publicKey === identity.publicKey)) {
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
  throw sshError({
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
 * The identity of one private key file, `null` when it is not there, has a passphrase, or cannot be used from here: for keys that a config names and {@link findIdentities} does not look for.
 */
export async function identityFromFile(file: string): Promise<SshIdentity | null> {
  const found = await inspectKeyFile(file);
  return found.status === 'usable' ? { kind: 'file', path: file, publicKey: found.publicKey } : null;
}

/** What people call their keys, in the order in which OpenSSH's own makers recommend them. */
const OWN_KEY_NAMES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** Key files that can be used, and the public half of the first that there is, for finding it in the agent. */
async function findOwnKeys(
  env: FindIdentitiesOptions['env'],
): Promise<{ identities: SshIdentity[]; preferred: string | undefined }> {
  const home = env.HOME;
  // A relative HOME would mean a different key in each directory.
  if (home === undefined || !path.isAbsolute(home)) return { identities: [], preferred: undefined };
  const found = await Promise.all(OWN_KEY_NAMES.map((name) => findOwnKey(path.join(home, '.ssh', name))));
  return {
    identities: found.flatMap(({ identity }) => identity ?? []),
    preferred: found.find(({ publicKey }) => publicKey !== undefined)?.publicKey,
  };
}

async function findOwnKey(file: string): Promise<{ identity: SshIdentity | null; publicKey?: string }> {
  const found = await inspectKeyFile(file);
  if (found.status === 'usable') {
    return { identity: { kind: 'file', path: file, publicKey: found.publicKey }, publicKey: found.publicKey };
  }
  if (found.status === 'encrypted') return { identity: null, publicKey: found.publicKey };
  const [publicKey] = parseAuthorizedKeys((await readSmallFile(`${file}.pub`)) ?? '');
  return { identity: null, ...(publicKey === undefined ? {} : { publicKey }) };
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
