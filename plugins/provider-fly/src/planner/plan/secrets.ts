import type { FieldDifference, SecretInfo } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { metadataKeys, type ChangePayload, type FlyFacts, type MachineData, type SecretsData } from '../../model.js';
import { secretsDigest, secretsHash } from '../secrets/secrets-hash.js';

export interface SecretsRequest {
  /** The names of the secrets in the config, found or not. */
  declared: readonly string[];
  /** Secrets of the config that were found, without their values. */
  entries: readonly SecretInfo[];
  /** `null` when the app has none yet. */
  present: SecretsData | null;
  /** Our machine: it remembers what the last deploy set. */
  machine: MachineData | null;
  identity: FlyFacts['identity'];
}

export interface SecretsPlan {
  /** Every secret of the app that Sindri answers for once this plan is applied; goes into the machine's metadata. */
  names: string[];
  /** Whether AUTHORIZED_KEYS is made here instead of taken from the config. */
  managesKeys: boolean;
  /** `null` = nothing to set. */
  change: {
    payload: Extract<ChangePayload, { kind: 'secrets.set' }>;
    differences: FieldDifference[];
    /** Every name that gets a value, AUTHORIZED_KEYS included when it is made here. */
    sets: string[];
    /** Keys that others have put into AUTHORIZED_KEYS are lost, because the machine that knows them does not run. */
    losesUnreadKeys: boolean;
  } | null;
}

/**
 * What a deploy sets as app secrets. Values cannot be read back from Fly, so the machine's metadata carries a hash of what was
 * set and one of Fly's own digests: the first tells a change of the config, the second one made elsewhere.
 *
 * Secrets that Sindri has never set belong to somebody else and stay; one that has left the config is unset.
 */
export function planSecrets(request: SecretsRequest): SecretsPlan {
  const { entries, present, machine, identity } = request;
  const items = present?.items ?? [];
  const onApp = new Set(items.map(({ name }) => name));
  const managesKeys = !entries.some(({ name }) => name === authorizedKeysVariable);
  const set = entries.map(({ name }) => name).sort();
  const wanted = managesKeys ? [...set, authorizedKeysVariable].sort() : set;

  const record = readRecord(machine);
  const recordedKeys = managesKeys ? record.keys : [];
  const declared = new Set(request.declared);
  // Not found on this computer, yet still in the config: somebody else's deploy has set it, and it stays.
  const keptFromBefore = record.names.filter((name) => declared.has(name) && !wanted.includes(name) && onApp.has(name));
  const unset = record.names.filter((name) => !declared.has(name) && !wanted.includes(name) && onApp.has(name)).sort();
  const names = [...wanted, ...keptFromBefore].sort();

  const setElsewhere = record.digest !== null && record.digest !== secretsDigest(items, wanted);
  const missing = wanted.filter((name) => !onApp.has(name));
  const changed = record.hash !== secretsHash(entries, managesKeys ? recordedKeys : null);
  const identityIsNew =
    managesKeys && (identity === null || !recordedKeys.some((key) => sameKey(key, identity.publicKey)));
  if (missing.length === 0 && unset.length === 0 && !changed && !setElsewhere && !identityIsNew) {
    return { names, managesKeys, change: null };
  }

  const keysAreUnknown = onApp.has(authorizedKeysVariable) && (recordedKeys.length === 0 || setElsewhere);
  const mergeFromMachine = managesKeys && keysAreUnknown && machine !== null ? machine.id : null;
  const why =
    record.hash === null
      ? 'Sindri has not set it before'
      : changed
        ? 'the config or a value in it has changed'
        : setElsewhere
          ? 'changed outside Sindri since the last deploy'
          : undefined;
  const explain = (name: string): string | undefined => {
    if (name === authorizedKeysVariable && identityIsNew && !changed && !setElsewhere)
      return 'your key is not in it yet';
    return onApp.has(name) ? why : undefined;
  };
  return {
    names,
    managesKeys,
    change: {
      payload: {
        kind: 'secrets.set',
        set,
        unset,
        mark: false,
        authorizedKeys: managesKeys ? { keys: recordedKeys, addIdentity: true, mergeFromMachine } : null,
      },
      differences: [
        ...wanted.map((name): FieldDifference => {
          const reason = explain(name);
          return {
            field: `secrets.${name}`,
            from: onApp.has(name) ? 'set' : null,
            to: 'set',
            ...(reason === undefined ? {} : { why: reason }),
          };
        }),
        ...unset.map((name) => ({ field: `secrets.${name}`, from: 'set', to: null, why: 'no longer in the config' })),
      ],
      sets: wanted,
      losesUnreadKeys: managesKeys && keysAreUnknown && machine?.state !== 'started',
    },
  };
}

interface SecretsRecord {
  hash: string | null;
  digest: string | null;
  names: string[];
  keys: string[];
}

/** What the last deploy wrote about secrets into the machine's metadata. */
function readRecord(machine: MachineData | null): SecretsRecord {
  const metadata = machine?.metadata ?? {};
  return {
    hash: metadata[metadataKeys.secretsHash] ?? null,
    digest: metadata[metadataKeys.secretsDigest] ?? null,
    names: split(metadata[metadataKeys.secretNames], ','),
    keys: split(metadata[metadataKeys.authorizedKeys], '\n'),
  };
}

function split(text: string | undefined, separator: string): string[] {
  return (text ?? '').split(separator).filter((part) => part !== '');
}

/** By type and key; the comment at the end does not count. */
function sameKey(a: string, b: string): boolean {
  const essence = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(' ');
  return essence(a) === essence(b);
}
