import { randomBytes } from 'node:crypto';
import { coreError } from '../model/core-error.js';
import type { SindriError } from '../model/errors.js';
import { createFileStore, type FileStore } from './file-store.js';
import { findKeyring, type Keyring, type KeyringOptions } from './keyring.js';

/** A credential that is kept on this computer. */
export interface KeptCredential {
  secret: string;
  /** Where it is kept, for people. */
  place: string;
}

/**
 * The one credential that Sindri keeps for a provider: in the keyring of the system where there is one that works, else in a file
 * of mode 0600. A small file of the state directory says where, so that a provider that keeps nothing never asks a keyring.
 */
export interface CredentialStore {
  /**
   * What is kept for `audience`, `null` when nothing is. Rejects with `KEYRING_FAILED` when something is kept and the keyring is
   * locked or does not answer, and with `STATE_CORRUPT` when our file is damaged.
   */
  read(audience: string): Promise<KeptCredential | null>;
  /** Where something is kept for `audience`, for people, without asking a keyring; `null` when nothing is. */
  place(audience: string): Promise<string | null>;
  /**
   * Keeps `secret` in place of what was kept before. It is given out again only for the same `audience`, the address that it belongs
   * to: a credential of one platform never goes to another. `problem` says why a keyring that is there could not be used.
   */
  keep(secret: string, audience: string): Promise<{ place: string; problem: string | null }>;
  /** Removes it. `problem` says what could not be removed from the keyring. */
  forget(): Promise<{ removed: boolean; problem: string | null }>;
}

/** Whose credential it is, and where it may be kept. */
export interface CredentialStoreOptions extends Omit<KeyringOptions, 'system' | 'timeoutMs'> {
  stateDir: string;
  /** The name of the provider. */
  name: string;
  /** Finds the keyring. Default: {@link findKeyring}. */
  openKeyring?: (options: KeyringOptions) => Promise<Keyring | null>;
}

type KeptRecord =
  | { audience: string; keptIn: 'file'; secret: string }
  | { audience: string; keptIn: 'keyring'; keyring: string; account: string };

/** The {@link CredentialStore} of one provider. Does nothing until it is asked. */
export function createCredentialStore(options: CredentialStoreOptions): CredentialStore {
  const { name, openKeyring = findKeyring } = options;
  const files = createFileStore(options.stateDir);
  const entry = `credentials/${name}.json`;
  const open = (): Promise<Keyring | null> =>
    openKeyring({ env: options.env, ...(options.signal === undefined ? {} : { signal: options.signal }) });
  const recordFor = async (audience: string): Promise<KeptRecord | null> => {
    const record = await readRecord(files, entry);
    return record?.audience === audience ? record : null;
  };

  return {
    async read(audience) {
      const record = await recordFor(audience);
      if (record === null) return null;
      if (record.keptIn === 'file') return { secret: record.secret, place: files.path(entry) };
      try {
        const keyring = await open();
        if (keyring === null) throw new Error('there is none in this session');
        const secret = await keyring.lookup(record.account);
        return secret === null ? null : { secret, place: keyring.title };
      } catch (error) {
        options.signal?.throwIfAborted();
        throw unreadable(record.keyring, reasonOf(error), error);
      }
    },
    async place(audience) {
      const record = await recordFor(audience);
      if (record === null) return null;
      return record.keptIn === 'file' ? files.path(entry) : record.keyring;
    },
    async keep(secret, audience) {
      const before = await readRecord(files, entry).catch(() => null);
      const account = before?.keptIn === 'keyring' ? before.account : `${name}-${randomBytes(8).toString('hex')}`;
      const keyring = await open();
      const problem = keyring === null ? null : await put(keyring, account, `Sindri: ${name} (${audience})`, secret);
      options.signal?.throwIfAborted();
      if (keyring !== null && problem === null) {
        await files.writeJson(entry, { audience, keptIn: 'keyring', keyring: keyring.title, account });
        return { place: keyring.title, problem };
      }
      await files.writeJson(entry, { audience, keptIn: 'file', secret });
      if (before?.keptIn === 'keyring') await keyring?.clear(before.account).catch(() => undefined);
      return { place: files.path(entry), problem: problem === null ? null : `${keyring?.title ?? ''}: ${problem}` };
    },
    async forget() {
      // A damaged file holds nothing that could be read, and goes all the same.
      const text = await files.read(entry);
      const record = await readRecord(files, entry).catch(() => null);
      const problem = record?.keptIn === 'keyring' ? await clear(await open(), record) : null;
      await files.delete(entry);
      return { removed: text !== null, problem };
    },
  };
}

/** Stores, and looks whether it is there: why not, or `null`. */
async function put(keyring: Keyring, account: string, label: string, secret: string): Promise<string | null> {
  try {
    await keyring.store(account, label, secret);
    if ((await keyring.lookup(account)) === secret) return null;
    await keyring.clear(account).catch(() => undefined);
    return 'it gives back something else than what was put into it';
  } catch (error) {
    return reasonOf(error);
  }
}

async function clear(keyring: Keyring | null, record: KeptRecord & { keptIn: 'keyring' }): Promise<string | null> {
  try {
    if (keyring === null) throw new Error('there is none in this session');
    await keyring.clear(record.account);
    return null;
  } catch (error) {
    return `It could not be removed from ${record.keyring} (${reasonOf(error)}). Remove the item "${record.account}" of "sindri" there.`;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function readRecord(files: FileStore, entry: string): Promise<KeptRecord | null> {
  const value = (await files.readJson(entry)) as Partial<Record<string, unknown>> | null;
  if (value === null) return null;
  const texts = value['keptIn'] === 'file' ? ['audience', 'secret'] : ['audience', 'keyring', 'account'];
  const isWhole = ['file', 'keyring'].includes(String(value['keptIn'])) && texts.every((key) => isText(value[key]));
  if (isWhole) return value as KeptRecord;
  const file = files.path(entry);
  throw coreError({
    code: 'STATE_CORRUPT',
    kind: 'usage',
    message: `The file ${file} is damaged: it does not say which credential is kept.`,
    hint: 'Sign in again: sindri auth login',
    details: { file },
  });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function unreadable(keyring: string, reason: string, cause: unknown): SindriError {
  return coreError({
    code: 'KEYRING_FAILED',
    kind: 'auth',
    message: `The sign-in that Sindri keeps cannot be read from ${keyring}: ${reason}.`,
    hint: 'Unlock it and try again. Or sign in anew (sindri auth login); SINDRI_KEYRING=none keeps it in a file instead.',
    details: { keyring, reason },
    cause,
  });
}
