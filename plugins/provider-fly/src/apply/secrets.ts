import { SindriError, isSindriError } from '@sindri/core';
import { authorizedKeysVariable, readAuthorizedKeysScript } from '@sindri/image-contract';
import { parseAuthorizedKeys } from '@sindri/ssh';
import { secretsDigest, secretsHash } from '../planner/index.js';
import { whenAppIsKnown } from './create-once.js';
import { forgetCreation, markOf } from './mark.js';
import { applied, resultsOf } from './results.js';
import type { Apply, ApplyWork, PayloadOf } from './work.js';

const READ_KEYS_SECONDS = 15;

/**
 * Sets and removes secrets in one request. Values go from the bundle into the request body and nowhere else. The version
 * that Fly answers is what the machine must wait for; hash and digest become the machine's metadata.
 */
export const applySecretsSet: Apply<'secrets.set'> = async (work, payload) => {
  const { api, context, names } = work;
  const authorizedKeys = await collectAuthorizedKeys(work, payload.authorizedKeys);
  const values: Record<string, string | null> = {
    ...Object.fromEntries(payload.unset.map((name) => [name, null])),
    ...Object.fromEntries(payload.set.map((name) => [name, context.secrets.reveal(name)])),
    ...(authorizedKeys === null ? {} : { [authorizedKeysVariable]: `${authorizedKeys.join('\n')}\n` }),
  };
  const reply = await whenAppIsKnown(work, () =>
    api.secrets.set(names.app, payload.mark ? { ...values, ...markOf(names.app) } : values),
  );
  if (payload.mark) await forgetCreation(work);
  const set = Object.keys(values).filter((name) => values[name] !== null);
  const digests = reply.secrets.map(({ name, digest }) => ({ name, digest: digest ?? '' }));
  return applied('secrets.set', {
    version: reply.version,
    set: set.sort(),
    unset: [...payload.unset],
    mark: payload.mark,
    hash: secretsHash(context.secrets.entries, authorizedKeys),
    digest: secretsDigest(digests, set),
    authorizedKeys,
  });
};

/** What the secrets change of this run has left: its version for the machine to wait for, its marks for the metadata. */
export interface SecretsOutcome {
  version: number | null;
  marks?: { hash: string; digest: string; authorizedKeys: string[] | null };
}

/** Without such a change there is nothing to wait for and nothing to mark. */
export function secretsOutcome(work: ApplyWork): SecretsOutcome {
  const [left] = resultsOf(work, 'secrets.set');
  if (left === undefined) return { version: null };
  const { version, hash, digest, authorizedKeys } = left;
  return { version, marks: { hash, digest, authorizedKeys } };
}

/** The keys to admit, `null` when the secret comes from the config. */
async function collectAuthorizedKeys(
  work: ApplyWork,
  wanted: PayloadOf<'secrets.set'>['authorizedKeys'],
): Promise<string[] | null> {
  if (wanted === null) return null;
  const keys = new Set(parseAuthorizedKeys(wanted.keys.join('\n')));
  if (wanted.addIdentity) {
    const [own] = parseAuthorizedKeys(ownPublicKey(work) ?? '');
    if (own === undefined) throw noIdentity();
    keys.add(own);
  }
  if (wanted.mergeFromMachine !== null) {
    for (const key of await readAuthorizedKeys(work, wanted.mergeFromMachine)) keys.add(key);
  }
  return [...keys];
}

/** The key made in this run, or the one that was there when the plan was made. */
function ownPublicKey(work: ApplyWork): string | null {
  const made = resultsOf(work, 'identity.create')[0]?.publicKey;
  if (made !== undefined) return made;
  return work.context.observation.facts.identity?.publicKey ?? null;
}

/** What the machine admits now. Best effort: a machine that cannot be asked must not stop a deploy. */
async function readAuthorizedKeys({ api, context, names }: ApplyWork, machine: string): Promise<string[]> {
  try {
    const { stdout } = await api.machines.exec(names.app, machine, {
      command: ['sh', '-c', readAuthorizedKeysScript],
      timeoutSeconds: READ_KEYS_SECONDS,
    });
    return parseAuthorizedKeys(stdout);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isSindriError(error)) throw error;
    context.emit({
      type: 'notice',
      level: 'warning',
      code: 'FLY_KEYS_UNREAD',
      message: `The SSH keys that the machine admits now could not be read, so only the known ones stay: ${error.message}`,
    });
    return [];
  }
}

function noIdentity(): SindriError {
  return new SindriError({
    code: 'FLY_NO_IDENTITY',
    kind: 'incomplete',
    message: 'There is no SSH key of this user any more, although the plan relied on one.',
    hint: 'Run the same command again: it finds or makes a key.',
  });
}
