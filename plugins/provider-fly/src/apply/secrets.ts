import type { SindriError } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { readPublicKeys, type PublicKey } from '@sindri/ssh';
import type { WireSecret } from '../api/types.js';
import { takeLease } from '../machine/held-lease.js';
import { describeUser } from '../machine/work.js';
import { formatStaged, namesAfter, noteSecrets, recordedNames, toKeyLine, toMachineData } from '../planner/index.js';
import { whenAppIsKnown } from './create-once.js';
import { forgetCreation, markOf } from './mark.js';
import { markSecret, metadataKeys, resourceIds, tokenSecret, type MachineData } from '../model.js';
import { applied, resultsOf, type Applied, type ResultOf } from './results.js';
import { seenSecrets } from './seen.js';
import { observed, type Apply, type ApplyWork, type PayloadOf } from './work.js';
import { flyError } from '../fly-error.js';

/**
 * Sets and removes secrets in one request. Values go from the bundle into the request body and nowhere else. The version
 * that Fly answers is what the machine must wait for; hash and digest become the machine's metadata.
 */
export const applySecretsSet: Apply<'secrets.set'> = async (work, payload) => {
  const { noted, unset } = payload;
  if (noted === undefined) return setSecrets(work, payload);
  // Under the lease, so that two who do this at once do not undo each other's notes.
  const lease = await takeLease(work.machineWork, { id: noted.machineId, name: noted.name });
  try {
    const wire = await work.api.machines.get(work.names.app, noted.machineId);
    const live = wire === null ? null : toMachineData(wire);
    const leaving = live === null ? [] : await stillThere(work, unset);
    // What the app has no more tells nobody that the machine still has it: the note comes first.
    if (live !== null && leaving.length > 0) {
      const removed = { [metadataKeys.stagedSecrets]: formatStaged(live, [], leaving) };
      await work.api.machines.patchMetadata(work.names.app, noted.machineId, removed, lease.nonce);
    }
    const done = await setSecrets(work, payload, live?.metadata ?? {});
    if (!noted.isStaged || live === null) return done;
    const result = done.result as ResultOf<'secrets.set'>;
    const notes = stagedNotes(live, work, result, leaving);
    await work.api.machines.patchMetadata(work.names.app, noted.machineId, notes, lease.nonce);
    return { status: done.status, result };
  } finally {
    await lease.release();
  }
};

/** Of `names`, what the app has now. Somebody else may have removed the others since the plan, with a note or an update of his own. */
async function stillThere({ api, names: { app } }: ApplyWork, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const present = new Set((await api.secrets.list(app)).map(({ name }) => name));
  return names.filter((name) => present.has(name));
}

/** What is noted at a machine that does not get the secrets yet. An empty note is none. */
function stagedNotes(
  before: MachineData,
  { context }: ApplyWork,
  { version, set, unset, hash, digest, keys, tokenExpires }: ResultOf<'secrets.set'>,
  leaving: readonly string[],
): Record<string, string> {
  const declared = context.spec.secrets.map(({ name }) => name);
  return {
    [metadataKeys.secretsHash]: hash,
    [metadataKeys.secretsDigest]: digest,
    [metadataKeys.secretNames]: namesAfter(recordedNames(before.metadata), { set, unset, declared }),
    [metadataKeys.stagedSecrets]: formatStaged(
      before,
      set.filter((name) => name !== markSecret),
      leaving,
    ),
    ...(version === null ? {} : { [metadataKeys.secretsVersion]: String(version) }),
    ...(tokenExpires === undefined ? {} : { [metadataKeys.tokenExpires]: tokenExpires ?? '' }),
    ...(keys === null
      ? {}
      : { [metadataKeys.authorizedKeys]: keys.lines.join('\n'), [metadataKeys.keysDigest]: keys.digest }),
  };
}

async function setSecrets(
  work: ApplyWork,
  payload: PayloadOf<'secrets.set'>,
  remembered: Readonly<Record<string, string>> = rememberedMetadata(work),
): Promise<Applied> {
  const { api, context, names } = work;
  const token = payload.mintToken === undefined ? null : await mintToken(work, payload.mintToken.days);
  const made = payload.authorizedKeys === null ? null : makeAuthorizedKeys(work, payload.authorizedKeys);
  const values: Record<string, string | null> = {
    ...Object.fromEntries(payload.unset.map((name) => [name, null])),
    ...Object.fromEntries(payload.set.map((name) => [name, context.secrets.reveal(name)])),
    ...(token === null ? {} : { [tokenSecret]: token.value }),
    ...(made === null ? {} : { [authorizedKeysVariable]: `${made.map(toKeyLine).join('\n')}\n` }),
  };
  const reply = await whenAppIsKnown(work, () =>
    api.secrets.set(names.app, payload.mark ? { ...values, ...markOf(names.app) } : values),
  );
  if (payload.mark) await forgetCreation(work);
  const set = Object.keys(values).filter((name) => values[name] !== null);
  const secrets = await presentSecrets(work, reply.secrets, {
    set: payload.mark ? [...set, markSecret] : set,
    payload,
  });
  const digests = secrets.map(({ name, digest }) => ({ name, digest: digest ?? '' }));
  const value = values[authorizedKeysVariable];
  const digest = digests.find(({ name }) => name === authorizedKeysVariable)?.digest ?? '';
  const left = {
    version: reply.version,
    set: set.sort(),
    unset: [...payload.unset],
    mark: payload.mark,
    ...noteSecrets(remembered, {
      set: payload.set,
      declared: context.spec.secrets.map((secret) => secret.name),
      entries: context.secrets.entries,
      items: digests,
    }),
    // Public keys, whoever gave them: noted so that they can be listed, and so that a login offers the right one.
    keys: typeof value === 'string' ? { lines: readPublicKeys(value).keys.map(toKeyLine), digest } : null,
    ...(Object.hasOwn(values, tokenSecret) ? { tokenExpires: token?.expires ?? null } : {}),
  };
  return { ...applied('secrets.set', left), seen: seenSecrets(work, secrets) };
}

/**
 * The secrets of the app after a write. The answer lists them; nobody has recorded whether it always lists all of them, with their
 * digests. Where it shows less than must be there, or what was removed, the app is asked.
 */
async function presentSecrets(
  { api, context, names }: ApplyWork,
  answered: readonly WireSecret[],
  { set, payload }: { set: readonly string[]; payload: PayloadOf<'secrets.set'> },
): Promise<readonly WireSecret[]> {
  const before = observed({ context }, 'secrets', resourceIds.secrets)?.items ?? [];
  const stay = before.map(({ name }) => name).filter((name) => !payload.unset.includes(name));
  const digests = new Map(answered.map(({ name, digest }) => [name, digest ?? '']));
  const isWhole =
    [...stay, ...set].every((name) => (digests.get(name) ?? '') !== '') &&
    !payload.unset.some((name) => digests.has(name) && !set.includes(name));
  return isWhole ? answered : api.secrets.list(names.app);
}

/** A token that reaches this app and nothing else. One whose answer was lost ends by itself. */
async function mintToken(
  { api, context, names }: ApplyWork,
  days: number,
): Promise<{ value: string; expires: string }> {
  const expires = new Date(context.clock.now() + days * MS_PER_DAY).toISOString();
  const value = await api.apps.createDeployToken(names.app, { hours: days * 24 });
  context.hide(value);
  return { value, expires };
}

const MS_PER_DAY = 24 * 60 * 60 * 1_000;

/** What the machine says of the secrets that are not set now. */
function rememberedMetadata(work: ApplyWork): Readonly<Record<string, string>> {
  const [name = ''] = work.names.machines;
  return observed(work, 'machine', resourceIds.machine(name))?.metadata ?? {};
}

/** What the secrets change of this run has left: its version for the machine to wait for, its marks for the metadata. */
export interface SecretsOutcome {
  version: number | null;
  marks?: Pick<ResultOf<'secrets.set'>, 'hash' | 'digest' | 'keys' | 'tokenExpires'>;
}

/** Without such a change there is nothing to wait for and nothing to mark. */
export function secretsOutcome(work: ApplyWork): SecretsOutcome {
  const [left] = resultsOf(work, 'secrets.set');
  if (left === undefined) return { version: null };
  const { version, hash, digest, keys, tokenExpires } = left;
  return { version, marks: { hash, digest, keys, ...(tokenExpires === undefined ? {} : { tokenExpires }) } };
}

/** The keys to admit: those of before, and this user's where nobody has been let in yet. */
function makeAuthorizedKeys(
  work: ApplyWork,
  wanted: NonNullable<PayloadOf<'secrets.set'>['authorizedKeys']>,
): PublicKey[] {
  const { keys } = readPublicKeys(wanted.keys.join('\n'));
  return wanted.addIdentity ? [...keys, ownKey(work)] : keys;
}

/** The key made in this run, or the one that was there when the plan was made. */
function ownKey(work: ApplyWork): PublicKey {
  const { observation, env } = work.context;
  const [known] = observation.facts.identities;
  const publicKey = resultsOf(work, 'identity.create')[0]?.publicKey ?? known?.publicKey;
  if (publicKey === undefined) throw noIdentity();
  return { publicKey, comment: known?.comment ?? describeUser(env) };
}

function noIdentity(): SindriError {
  return flyError({
    code: 'FLY_NO_IDENTITY',
    kind: 'incomplete',
    message: 'There is no SSH key of this user any more, although the plan relied on one.',
    hint: 'Run the same command again: it finds or makes a key.',
  });
}
