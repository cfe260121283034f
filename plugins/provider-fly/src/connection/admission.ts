import { isSindriError, type EnvironmentSpec } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import {
  createIdentity,
  fingerprint,
  orderIdentities,
  parseAuthorizedKeys,
  publicKeysMatch,
  type PublicKey,
  type SshIdentity,
} from '@sindri/ssh';
import { metadataOf } from '../api/machines.js';
import type { WireMachine } from '../api/types.js';
import { keepKey } from '../keys/admit.js';
import { admitInMachine, readKeysInMachine } from '../keys/in-machine.js';
import { noteKeeper } from '../keys/lasting-keys.js';
import { describeUser, type MachineWork } from '../machine/work.js';
import { metadataKeys } from '../model.js';
import { findCallerIdentities, toCallerIdentity } from './identities.js';

/** With what a login is tried. */
export interface Login {
  /** Those that the machine admits first: the image's sshd hangs up after three wrong keys. */
  identities: SshIdentity[];
  /** `false` when none of them is known to be admitted: the machine knows others only. `null` = nobody knows. */
  isAdmitted: boolean | null;
}

/** The keys of this user, in the order in which to offer them. Changes nothing. */
export async function findLogin(work: MachineWork, spec: EnvironmentSpec, machine: WireMachine): Promise<Login> {
  const identities = await findCallerIdentities(spec, work.context);
  if (identities.length === 0) return { identities, isAdmitted: false };
  const admitted = await admittedKeys(work, machine, identities.length > 1);
  const isNoted = admitted?.some((key) => identities.some(({ publicKey }) => publicKeysMatch(key, publicKey)));
  // What was let in until the next start only is noted nowhere: an earlier command of the same job may have done so.
  const mayBeIn = isNoted !== true && identities.some((identity) => isPassing(work, identity));
  return {
    identities: orderIdentities(identities, admitted ?? []),
    isAdmitted: isNoted === undefined || mayBeIn ? null : isNoted,
  };
}

/**
 * Whether a key will hardly be seen again: a pair that Sindri has made on a CI runner, whose home goes with the job. If such keys were
 * kept for later starts, each job would leave one behind.
 */
function isPassing({ context: { env } }: MachineWork, { kind }: SshIdentity): boolean {
  return kind === 'generated' && !['', '0', 'false'].includes((env.CI ?? '').toLowerCase());
}

/**
 * Lets in who may use the app at Fly but has no key that the machine admits: his key, or a new pair that is kept in the state
 * directory, is admitted without a restart, and he is told so in one line. Where the config brings the keys it is the truth at the next
 * start. `machine` must run. Resolves with the identities to offer; when Fly or the machine does not let it happen, with those that there are, and says why.
 */
export async function admitCaller(
  work: MachineWork,
  spec: EnvironmentSpec,
  machine: WireMachine,
  identities: readonly SshIdentity[],
): Promise<SshIdentity[]> {
  const { stateDir, env, emit } = work.context;
  const identity = identities[0] ?? (await createIdentity({ stateDir, environment: spec.name }));
  const rest = identities.filter((other) => other !== identity);
  const key = {
    publicKey: identity.publicKey,
    comment: toCallerIdentity(identity).comment ?? describeUser(env),
  };
  try {
    await admitInMachine(work, machine, key);
  } catch (error) {
    emit({
      type: 'notice',
      level: 'warning',
      code: 'FLY_KEY_NOT_FOUND',
      message:
        'None of the SSH keys of this computer is among those that the environment admits, and yours could not be admitted: ' +
        `${reasonOf(work, error)} Load the right key with \`ssh-add\`.`,
    });
    return [identity, ...rest];
  }
  const whose = `Your SSH key ${fingerprint(key.publicKey)} (${key.comment})`;
  emit({
    type: 'notice',
    level: 'info',
    code: 'FLY_KEY_ADMITTED',
    message: `${whose} was not admitted yet; it is now, ${isPassing(work, identity) ? PASSING : await keep(work, spec, machine, key)}.`,
  });
  return [identity, ...rest];
}

const UNTIL_NEXT_START = "until the machine's next start";
const PASSING = `${UNTIL_NEXT_START}: it was made on this CI runner`;

/** Until when a key that has been let in stays: where Fly lets it, after the next start too. */
async function keep(work: MachineWork, spec: EnvironmentSpec, machine: WireMachine, key: PublicKey): Promise<string> {
  if (spec.secrets.some(({ name }) => name === authorizedKeysVariable)) {
    return `${UNTIL_NEXT_START}: ${authorizedKeysVariable} comes from the config; add it there to keep it`;
  }
  try {
    if (await keepKey(work, await noteKeeper(work, spec, machine), key)) return 'and after every start';
    return `${UNTIL_NEXT_START}: which other keys it then gets is not known`;
  } catch (error) {
    return `${UNTIL_NEXT_START}: it could not be kept for later. ${reasonOf(work, error).replace(/\.$/, '')}`;
  }
}

/** What stood in the way, in words. Rethrows what is no refusal. */
function reasonOf({ context }: MachineWork, error: unknown): string {
  context.signal.throwIfAborted();
  if (!isSindriError(error)) throw error;
  return error.message;
}

/**
 * The public keys that the machine admits, by the cheapest way that knows: what is noted on it, or what the machine itself says.
 * `null` when nobody knows, or when there is no choice to make: the login itself tells whether a key fits.
 */
async function admittedKeys(
  work: MachineWork,
  machine: WireMachine,
  thereIsAChoice: boolean,
): Promise<string[] | null> {
  const noted = parseAuthorizedKeys(metadataOf(machine)[metadataKeys.authorizedKeys] ?? '');
  if (noted.length > 0) return noted;
  if (!thereIsAChoice || machine.state !== 'started') return null;
  const keys = await readKeysInMachine(work, machine);
  return keys === null || keys.length === 0 ? null : keys.map(({ publicKey }) => publicKey);
}
