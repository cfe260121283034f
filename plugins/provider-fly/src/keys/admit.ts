import { publicKeysMatch, type PublicKey } from '@sindri/ssh';
import type { WireMachine } from '../api/types.js';
import type { MachineWork } from '../machine/work.js';
import { unread } from '../planner/index.js';
import { admitInMachine } from './in-machine.js';
import { changeLastingKeys } from './lasting-keys.js';

/** Since when a key is admitted, and for how long. */
export interface Admission {
  now: boolean;
  /** Also after the next start. */
  lasting: boolean;
}

/**
 * Lets a key in, without a restart: in the machine when it runs, and for its next start when `lasting` is asked for. Safe to repeat.
 * Throws `FLY_KEYS_UNREAD` when neither is possible, `FLY_KEYS_NOT_WRITTEN`, `FLY_LEASE_HELD`.
 */
export async function admitKey(
  work: MachineWork,
  machine: WireMachine,
  key: PublicKey,
  { lasting }: { lasting: boolean },
): Promise<Admission> {
  const now = machine.state === 'started';
  if (now) await admitInMachine(work, machine, key);
  const stays = lasting && (await keepKey(work, machine, key));
  if (!stays && !now) throw unread(machine.name);
  return { now, lasting: stays };
}

/** Puts a key into what the machine gets at its next start. `false` when nobody knows what else is in there. */
export async function keepKey(work: MachineWork, machine: WireMachine, key: PublicKey): Promise<boolean> {
  return (await changeLastingKeys(work, machine, (keys) => withKey(keys, key))) !== 'unknown';
}

function withKey(keys: readonly PublicKey[], key: PublicKey): PublicKey[] {
  const isThere = keys.some(({ publicKey }) => publicKeysMatch(publicKey, key.publicKey));
  return isThere ? [...keys] : [...keys, key];
}
