import type { AdmittedKey, ExecResult, OperationContext, SshTarget, StandardErrors } from '@sindri/core';
import { createIdentity, findIdentities } from './identity.js';
import { fingerprint, parseAuthorizedKeys, publicKeysMatch, readPublicKeys, type PublicKey } from './public-keys.js';

/** Scripts for `sh -c`, run inside: those of `@sindri/image-contract`. */
export interface AccessScripts {
  readonly readKeys: string;
  readonly admitKey: string;
  readonly removeKey: string;
  readonly readHostKeys: string;
}

/** The keys of an environment, by way of commands that its platform runs inside. */
export interface AccessInside {
  /** Empty when the image has none, or none yet. */
  hostKeys(): Promise<string[]>;
  /** The keys that are admitted now; `null` when nobody can tell. */
  keys(): Promise<PublicKey[] | null>;
  /** From now on. Safe to repeat. Resolves with what stood in the way, `null` when it is done. */
  admit(key: PublicKey): Promise<string | null>;
  /** From now on; whoever is logged in stays so. Resolves as `admit`. */
  remove(publicKey: string): Promise<string | null>;
}

/** A platform that runs commands inside needs no SSH to know and to change who may log in. Keys are arguments, and no part of a script. */
export function accessInside(
  run: (command: string[]) => Promise<Pick<ExecResult, 'exitCode' | 'stdout' | 'stderr'>>,
  scripts: AccessScripts,
): AccessInside {
  const script = (text: string, ...args: string[]) => run(['sh', '-c', text, 'sindri', ...args]);
  const change = async (...all: [string, ...string[]]): Promise<string | null> => {
    const { exitCode, stderr } = await script(...all);
    return exitCode === 0 ? null : stderr.trim().split('\n')[0] || `it ended with ${exitCode}`;
  };
  const base64Of = (publicKey: string): string => publicKey.split(' ')[1] ?? '';
  return {
    async hostKeys() {
      const { exitCode, stdout } = await script(scripts.readHostKeys);
      return exitCode === 0 ? parseAuthorizedKeys(stdout) : [];
    },
    async keys() {
      const { exitCode, stdout } = await script(scripts.readKeys);
      return exitCode === 0 ? readPublicKeys(stdout).keys : null;
    },
    admit: ({ publicKey, comment }) =>
      change(scripts.admitKey, base64Of(publicKey), `${publicKey} ${comment}`.trimEnd()),
    remove: (publicKey) => change(scripts.removeKey, base64Of(publicKey)),
  };
}

/** The keys that an environment admits, and those that the secret of its config brings at every start. */
export interface KnownKeys {
  now: readonly PublicKey[];
  /** `null` when the config brings none: what is admitted now is there at the next start, too. */
  declared: readonly PublicKey[] | null;
  isRunning: boolean;
}

/** The member `list` of `keys`. */
export function listAdmittedKeys({ now, declared, isRunning }: KnownKeys): AdmittedKey[] {
  const has = (keys: readonly PublicKey[], { publicKey }: PublicKey): boolean =>
    keys.some((key) => publicKeysMatch(key.publicKey, publicKey));
  const lasting = declared ?? now;
  const present = isRunning ? now : [];
  const added = present.filter((key) => !has(lasting, key));
  return [...lasting, ...added].map((key) => ({
    fingerprint: fingerprint(key.publicKey),
    type: key.publicKey.split(' ')[0] ?? '',
    comment: key.comment,
    where: [...(has(present, key) ? (['now'] as const) : []), ...(has(lasting, key) ? (['next-start'] as const) : [])],
    fromConfig: declared !== null && has(declared, key),
  }));
}

/**
 * Lets a key in, or takes the one with a fingerprint out. `false` when there was nothing to do. Throws `AREA_KEY_UNKNOWN`,
 * `AREA_KEY_FROM_CONFIG` or `AREA_KEYS_NOT_WRITTEN`. `secret` is the name of that which brings the declared keys.
 */
export async function changeAdmittedKeys(
  access: AccessInside,
  change: PublicKey | { fingerprint: string },
  { now, declared }: Pick<KnownKeys, 'now' | 'declared'>,
  { errors, secret }: { errors: StandardErrors; secret: string },
): Promise<boolean> {
  const wanted = 'publicKey' in change ? fingerprint(change.publicKey) : change.fingerprint;
  const isIt = ({ publicKey }: PublicKey): boolean => fingerprint(publicKey) === wanted;
  const there = now.find(isIt);
  if ('publicKey' in change && there !== undefined) return false;
  if (!('publicKey' in change) && declared?.some(isIt)) throw errors.keyFromConfig(wanted, secret);
  if (!('publicKey' in change) && there === undefined) throw errors.unknownKey(wanted);
  const said = there === undefined ? await access.admit(change as PublicKey) : await access.remove(there.publicKey);
  if (said !== null) throw errors.keysNotWritten(said);
  return true;
}

/** Where an SSH client finds the environment. */
export type SshPlace = Pick<SshTarget, 'user' | 'addresses' | 'hostKeyAlias' | 'directory'>;

/**
 * How any SSH client gets in, after the key of this user, or a new one that is kept in the state directory, was let in. `null` when the image
 * has no host keys: no SSH server, or one that has not made them yet.
 */
export async function admitClient(
  access: AccessInside,
  place: SshPlace,
  environment: string,
  { env, stateDir, signal }: Pick<OperationContext, 'env' | 'stateDir' | 'signal'>,
  errors: StandardErrors,
): Promise<SshTarget | null> {
  const hostKeys = await access.hostKeys();
  if (hostKeys.length === 0) return null;
  const owner = { env, stateDir, environment };
  const identity = (await findIdentities({ ...owner, signal }))[0] ?? (await createIdentity(owner));
  const said = await access.admit({ publicKey: identity.publicKey, comment: 'sindri' });
  if (said !== null) throw errors.keysNotWritten(said);
  return { ...place, hostKeys, identityFile: identity.kind === 'agent' ? null : identity.path };
}

/** What a provider knows of the keys of its environments whose platform runs commands inside. `Place` leads there. */
export interface KeysInsideParts<Place> {
  errors: StandardErrors;
  scripts: AccessScripts;
  /** The name of the secret that brings the declared keys. */
  secret: string;
  run(
    place: Place,
    command: string[],
    context: OperationContext,
  ): Promise<Pick<ExecResult, 'exitCode' | 'stdout' | 'stderr'>>;
  /** The text of the list of keys, also of an environment that sleeps; `null` when there is none. */
  read(place: Place, context: OperationContext): Promise<string | null>;
  /** The value that the secret has inside; `undefined` when there is none. */
  declared(place: Place, context: OperationContext): Promise<string | undefined>;
  isRunning(place: Place): boolean;
}

/** Keys of environments, ready for the members of a provider. */
export interface KeysInside<Place> {
  list(place: Place, context: OperationContext): Promise<AdmittedKey[]>;
  /** Lets a key in, or takes one out; `false` when there was nothing to do. See {@link changeAdmittedKeys}. */
  change(place: Place, key: PublicKey | { fingerprint: string }, context: OperationContext): Promise<boolean>;
  /** How any SSH client gets in, after the caller's key was let in. Rejects with `AREA_SSH_UNAVAILABLE`. */
  target(place: Place, where: SshPlace, environment: string, context: OperationContext): Promise<SshTarget>;
}

/** The keys on the volume, and those that the config brings at every start, for a platform that runs commands inside. */
export function createKeysInside<Place>(parts: KeysInsideParts<Place>): KeysInside<Place> {
  const { errors, secret, scripts } = parts;
  const access = (place: Place, context: OperationContext): AccessInside =>
    accessInside((command) => parts.run(place, command, context), scripts);
  const known = async (place: Place, context: OperationContext): Promise<KnownKeys> => {
    const text = await parts.read(place, context);
    const declared = await parts.declared(place, context);
    return {
      now: readPublicKeys(text ?? '').keys,
      declared: declared === undefined ? null : readPublicKeys(declared).keys,
      isRunning: parts.isRunning(place),
    };
  };
  return {
    list: async (place, context) => listAdmittedKeys(await known(place, context)),
    change: async (place, key, context) =>
      changeAdmittedKeys(access(place, context), key, await known(place, context), { errors, secret }),
    async target(place, where, environment, context) {
      const target = await admitClient(access(place, context), where, environment, context, errors);
      if (target !== null) return target;
      throw errors.sshUnavailable('The image has no SSH host keys: it has no SSH server, or has not made them yet.');
    },
  };
}
