import type { EnvironmentSpec } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import type { PublicKey } from '@sindri/ssh';
import { metadataOf } from '../api/machines.js';
import type { WireMachine } from '../api/types.js';
import { listMachines } from '../machine/find-machine.js';
import { takeLease } from '../machine/held-lease.js';
import type { MachineWork } from '../machine/work.js';
import { metadataKeys } from '../model.js';
import {
  keyRecord,
  selectMachines,
  toKeyLine,
  toMachineData,
  toSecretsData,
  type KeyRecord,
} from '../planner/index.js';
import { readKeysInMachine } from './in-machine.js';

/** What is known of the keys that the machine gets at its next start. */
export async function readKeyRecord(work: MachineWork, machine: WireMachine): Promise<KeyRecord> {
  const secrets = await work.api.secrets.list(work.app);
  return keyRecord(metadataOf(machine), toSecretsData(secrets).items);
}

/**
 * Which machine notes the keys of the app: the first one, also for a key that was let in at the second. Of two notes one would always be
 * the older.
 */
export async function noteKeeper(work: MachineWork, spec: EnvironmentSpec, machine: WireMachine): Promise<WireMachine> {
  if (metadataOf(machine)[metadataKeys.instance] !== 'second') return machine;
  const machines = await listMachines(work.api, work.app);
  const { ours } = selectMachines(machines.map(toMachineData), spec);
  return machines.find(({ id }) => id === ours[0]?.id) ?? machine;
}

/**
 * Changes the keys in AUTHORIZED_KEYS, for the next start: nothing restarts. Under the machine's lease, so that two who do this at
 * once do not undo each other. What is in the secret is known from the machine's metadata, or from the machine itself where somebody
 * else has set it; `unknown` when neither tells, and then nothing is written.
 */
export async function changeLastingKeys(
  work: MachineWork,
  machine: WireMachine,
  change: (keys: readonly PublicKey[]) => PublicKey[],
): Promise<'changed' | 'unchanged' | 'unknown'> {
  const lease = await takeLease(work, machine);
  try {
    const live = (await work.api.machines.get(work.app, machine.id)) ?? machine;
    const record = await readKeyRecord(work, live);
    const known = record.isCurrent
      ? record.keys
      : live.state === 'started'
        ? await readKeysInMachine(work, machine)
        : null;
    if (known === null) return 'unknown';
    const lines = change(known).map(toKeyLine);
    if (record.isCurrent && lines.join('\n') === record.keys.map(toKeyLine).join('\n')) return 'unchanged';
    const reply = await work.api.secrets.set(work.app, { [authorizedKeysVariable]: `${lines.join('\n')}\n` });
    const digest = reply.secrets.find(({ name }) => name === authorizedKeysVariable)?.digest ?? '';
    const metadata = { [metadataKeys.authorizedKeys]: lines.join('\n'), [metadataKeys.keysDigest]: digest };
    await work.api.machines.patchMetadata(work.app, machine.id, metadata, lease.nonce);
    return 'changed';
  } finally {
    await lease.release();
  }
}
