import type { JsonObject, PlanNote, SecretInfo } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import type { CallerIdentity } from '../../model.js';
import { keyFingerprint, keysText, type KnownKey } from '../secrets/key-record.js';
import type { SecretsPlan } from './secrets.js';

export interface KeyNotesRequest {
  /** Secrets of the config that were found. */
  entries: readonly SecretInfo[];
  identities: readonly CallerIdentity[];
  secretsPlan: SecretsPlan;
}

const AT_FIRST_USE = '`sindri connect` lets yours in when you first use it, without a restart.';

/** Whose keys are admitted, and whether this computer has one of them. Never a change: who deploys is no part of what is wanted. */
export function keyNotes({ entries, identities, secretsPlan }: KeyNotesRequest): PlanNote[] {
  const { managesKeys, isFirst, keys, change } = secretsPlan;
  if (!managesKeys) return declaredNotes(entries, identities);
  if (isFirst) return [info(firstText(identities))];
  if (!keys.isSet && (change?.payload.authorizedKeys ?? null) === null) {
    return [
      info(`The app has no secret ${authorizedKeysVariable}: SSH admits the keys on the volume. ${AT_FIRST_USE}`),
    ];
  }
  if (keys.isSet && !keys.isCurrent) {
    return [info(`Which keys are in ${authorizedKeysVariable} is not noted at the machine. ${AT_FIRST_USE}`)];
  }
  return [info(`SSH admits ${keysText(keys.keys)}. ${ownText(keys.keys, identities) ?? AT_FIRST_USE}`)];
}

function declaredNotes(entries: readonly SecretInfo[], identities: readonly CallerIdentity[]): PlanNote[] {
  const entry = entries.find(({ name }) => name === authorizedKeysVariable);
  const keys = declaredKeys(entry?.facts);
  const text = `SSH admits the keys in the secret ${authorizedKeysVariable} (from ${entry?.origin ?? 'the config'})`;
  if (keys.length === 0) return [info(`${text}.`)];
  const own = ownText(keys, identities);
  const note = info(`${text}: ${keysText(keys)}.${own === null ? '' : ` ${own}`}`);
  if (own !== null) return [note];
  return [
    note,
    {
      level: 'warning',
      code: 'FLY_SSH_KEY_NOT_HERE',
      message:
        `This computer can log in with none of the keys in ${authorizedKeysVariable}: it has no private half of them that it can use. ` +
        'Load the right key with `ssh-add`, or name another one.',
    },
  ];
}

/** What `inspectSecret` has read from the value. */
function declaredKeys(facts: JsonObject | undefined): KnownKey[] {
  const list = facts?.['publicKeys'];
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    const { publicKey, comment } = item as Partial<KnownKey>;
    return publicKey === undefined ? [] : [{ publicKey, comment: comment ?? '' }];
  });
}

/** `null` when this computer can log in with none of `keys`. */
function ownText(keys: readonly KnownKey[], identities: readonly CallerIdentity[]): string | null {
  const own = identities.filter((identity) => keys.some((key) => sameKey(key.publicKey, identity.publicKey)));
  if (own.length === 0) return null;
  // The only one has just been named.
  if (keys.length === 1) return `This computer can log in with it (${own.map(placeOf).join(', ')}).`;
  const list = own.map((identity) => `${keyFingerprint(identity.publicKey)} (${placeOf(identity)})`);
  return `This computer can log in with ${list.join(', ')}.`;
}

function firstText([identity]: readonly CallerIdentity[]): string {
  if (identity === undefined) {
    return 'No SSH key of yours was found: deploy makes a key pair for this environment and keeps it in the state directory.';
  }
  const fingerprint = keyFingerprint(identity.publicKey);
  switch (identity.kind) {
    case 'file':
      return `SSH admits your key ${identity.path ?? identity.comment ?? ''} (${fingerprint}).`;
    case 'agent':
      return `SSH admits the key ${identity.comment ?? ''} of your SSH agent (${fingerprint}).`;
    case 'generated':
      return `SSH admits the key pair that Sindri keeps for this environment${identity.path === null ? '' : ` (${identity.path})`}.`;
  }
}

function placeOf({ kind, path }: CallerIdentity): string {
  return kind === 'agent' ? 'SSH agent' : (path ?? kind);
}

/** By type and key; a comment at the end does not count. */
function sameKey(a: string, b: string): boolean {
  const essence = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(' ');
  return essence(a) === essence(b);
}

function info(message: string): PlanNote {
  return { level: 'info', code: 'FLY_SSH_KEY', message };
}
