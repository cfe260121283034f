import type { FieldDifference, SecretInfo } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { metadataKeys, tokenSecret, type ChangePayload, type MachineData, type SecretsData } from '../../model.js';
import { keyRecord, toKeyLine, type KeyRecord } from '../secrets/key-record.js';
import { compareWithRecord, recordedNames } from '../secrets/secrets-record.js';

/** How long a token works that is minted without a word about it: long enough to forget, short enough to matter. */
export const TOKEN_DAYS = 90;

export interface SecretsRequest {
  /** The names of the secrets in the config, found or not. */
  declared: readonly string[];
  /** Secrets of the config that were found, without their values. */
  entries: readonly SecretInfo[];
  /** `null` when the app has none yet. */
  present: SecretsData | null;
  /** Our machine: it remembers what the last deploy set. */
  machine: MachineData | null;
  /** Whether the app has a token of its own, see `FlyDesired.mintsToken`. */
  mintsToken?: boolean;
}

export interface SecretsPlan {
  /** Every secret of the app that Sindri answers for once this plan is applied; goes into the machine's metadata. */
  names: string[];
  /** Whether AUTHORIZED_KEYS is made here instead of taken from the config. */
  managesKeys: boolean;
  /** Whether nobody has been let in yet, so that this deploy lets in whoever runs it. */
  isFirst: boolean;
  /** What is known of the keys in AUTHORIZED_KEYS now. */
  keys: KeyRecord;
  /** Secrets of the config that are on the app, have no value on this computer, and so stay as they are. */
  kept: string[];
  /** `null` = nothing to set. */
  change: {
    payload: Extract<ChangePayload, { kind: 'secrets.set' }>;
    differences: FieldDifference[];
    /** Every name that gets a value, AUTHORIZED_KEYS included when it is made here. */
    sets: string[];
  } | null;
}

const REASONS = {
  'never-set': 'Sindri has not set it before',
  changed: 'the config or a value in it has changed',
  elsewhere: 'changed outside Sindri since the last deploy',
};

/**
 * What a deploy sets as app secrets. Values cannot be read back from Fly, so the machine's metadata carries a mark of each that was
 * set and one of Fly's own digest: the first tells a change of the config, the second one made elsewhere. One that has no value on
 * this computer stays as it is: which computer deploys is no part of what is wanted.
 *
 * Secrets that Sindri has never set belong to somebody else and stay; one that has left the config is unset. Whose keys are in an
 * AUTHORIZED_KEYS that is not in the config is not wanted by anybody's deploy: the first makes it, and later ones leave it alone,
 * whoever runs them.
 */
export function planSecrets(request: SecretsRequest): SecretsPlan {
  const { entries, present, machine, mintsToken = false } = request;
  const items = present?.items ?? [];
  const onApp = new Set(items.map(({ name }) => name));
  const managesKeys = !entries.some(({ name }) => name === authorizedKeysVariable);
  const set = entries.map(({ name }) => name).sort();
  const keys = keyRecord(machine?.metadata ?? {}, items);
  const isFirst = managesKeys && machine === null && !keys.isSet;
  const makesKeys = isFirst || (managesKeys && !keys.isSet && keys.keys.length > 0);
  // One that is there stays: somebody renews it, or has set it himself.
  const makesToken = mintsToken && !onApp.has(tokenSecret);
  const wanted = [...set, ...(makesKeys ? [authorizedKeysVariable] : []), ...(makesToken ? [tokenSecret] : [])].sort();
  const own = [...set, ...(managesKeys ? [authorizedKeysVariable] : []), ...(mintsToken ? [tokenSecret] : [])];

  const metadata = machine?.metadata ?? {};
  const recorded = recordedNames(metadata);
  const declared = new Set(request.declared);
  const absent = request.declared.filter((name) => !set.includes(name));
  // Not found on this computer, yet still in the config: somebody else's deploy has set it, and it stays.
  const keptFromBefore = recorded.filter((name) => declared.has(name) && !own.includes(name) && onApp.has(name));
  const unset = recorded.filter((name) => !declared.has(name) && !own.includes(name) && onApp.has(name)).sort();
  const names = [...own, ...keptFromBefore].sort();
  const kept = absent.filter((name) => onApp.has(name) && !own.includes(name));
  const result = { names, managesKeys, isFirst, keys, kept };

  const missing = wanted.filter((name) => !onApp.has(name));
  const reason = compareWithRecord(metadata, { entries, absent, items });
  if (missing.length === 0 && unset.length === 0 && reason === null) return { ...result, change: null };

  const why = reason === null ? undefined : REASONS[reason];
  return {
    ...result,
    change: {
      payload: {
        kind: 'secrets.set',
        set,
        unset,
        mark: false,
        authorizedKeys: makesKeys ? { keys: keys.keys.map(toKeyLine), addIdentity: isFirst } : null,
        ...(makesToken ? { mintToken: { days: TOKEN_DAYS } } : {}),
      },
      differences: [
        ...wanted.map((name): FieldDifference => {
          const isThere = onApp.has(name);
          return {
            field: `secrets.${name}`,
            from: isThere ? 'set' : null,
            to: 'set',
            ...(isThere && why !== undefined ? { why } : {}),
          };
        }),
        ...unset.map((name) => ({ field: `secrets.${name}`, from: 'set', to: null, why: 'no longer in the config' })),
      ],
      sets: wanted,
    },
  };
}

/** What `machine` remembers of the secrets of its app, for the one that takes its place. */
export function rememberedSecrets(machine: MachineData | null): Record<string, string> {
  const { secretsHash: hash, secretsDigest: digest, authorizedKeys, keysDigest, tokenExpires } = metadataKeys;
  return Object.fromEntries(
    [hash, digest, authorizedKeys, keysDigest, tokenExpires].flatMap((key) => {
      const value = machine?.metadata[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
