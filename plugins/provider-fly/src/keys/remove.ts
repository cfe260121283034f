import type { SindriError } from '@sindri/core';
import { fingerprint as fingerprintOf, type PublicKey } from '@sindri/ssh';
import type { WireMachine } from '../api/types.js';
import { flyError } from '../fly-error.js';
import type { MachineWork } from '../machine/work.js';
import { lastKey, unread } from '../planner/index.js';
import { readKeysInMachine, removeInMachine } from './in-machine.js';
import { changeLastingKeys } from './lasting-keys.js';

/**
 * Takes a key out, for the next start first: a removal that is cut short must not come undone by itself. `false` when it was nowhere.
 * Throws `FLY_LAST_KEY`, `FLY_KEYS_UNREAD`, `FLY_KEYS_NOT_WRITTEN`, `FLY_LEASE_HELD`.
 */
export async function removeKey(
  work: MachineWork,
  machine: WireMachine,
  fingerprint: string,
  { lasting }: { lasting: boolean },
): Promise<boolean> {
  const isIt = ({ publicKey }: PublicKey): boolean => fingerprintOf(publicKey) === fingerprint;
  const without = (keys: readonly PublicKey[]): PublicKey[] => {
    const left = keys.filter((key) => !isIt(key));
    if (left.length === 0) throw lastKey(fingerprint);
    return left;
  };
  const outcome = lasting ? await changeLastingKeys(work, machine, without) : 'unchanged';
  if (outcome === 'unknown') throw unread(machine.name);
  if (machine.state !== 'started') return outcome === 'changed';
  const present = await readKeysInMachine(work, machine);
  if (present === null) throw untold(machine);
  const key = present.find(isIt);
  if (key === undefined) return outcome === 'changed';
  if (!lasting) without(present);
  await removeInMachine(work, machine, key);
  return true;
}

/** The same in one machine that runs, and in nothing else. `false` when it is not there. Throws `FLY_KEYS_UNREAD`, `FLY_KEYS_NOT_WRITTEN`. */
export async function removeNow(work: MachineWork, machine: WireMachine, fingerprint: string): Promise<boolean> {
  if (machine.state !== 'started') return false;
  const present = await readKeysInMachine(work, machine);
  if (present === null) throw untold(machine);
  const key = present.find(({ publicKey }) => fingerprintOf(publicKey) === fingerprint);
  if (key === undefined) return false;
  await removeInMachine(work, machine, key);
  return true;
}

function untold({ id, name }: WireMachine): SindriError {
  return flyError({
    code: 'FLY_KEYS_UNREAD',
    kind: 'refused',
    message: `Machine ${name} did not tell which keys it admits, so the key may still be in it.`,
    hint: 'Run the same command again.',
    details: { machine: id },
  });
}
