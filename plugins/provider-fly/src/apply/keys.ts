import { fingerprint } from '@sindri/ssh';
import type { WireMachine } from '../api/types.js';
import { admitKey } from '../keys/admit.js';
import { removeKey } from '../keys/remove.js';
import { notDeployed } from '../machine/find-machine.js';
import { applied, skipped } from './results.js';
import type { Apply, ApplyWork } from './work.js';

/** Lets one more key in; the machine keeps running. */
export const applyKeyAdmit: Apply<'key.admit'> = async (work, { machineId, publicKey, comment, lasting }) => {
  const machine = await liveMachine(work, machineId);
  const admission = await admitKey(work.machineWork, machine, { publicKey, comment }, { lasting });
  return applied('key.admit', { fingerprint: fingerprint(publicKey), ...admission });
};

/** Takes one key out; the machine and whoever is logged in keep running. */
export const applyKeyRemove: Apply<'key.remove'> = async (work, { machineId, fingerprint: removed, lasting }) => {
  const machine = await liveMachine(work, machineId);
  const left = { fingerprint: removed };
  return (await removeKey(work.machineWork, machine, removed, { lasting }))
    ? applied('key.remove', left)
    : skipped('key.remove', 'no such key is admitted', left);
};

async function liveMachine({ api, names, context }: ApplyWork, id: string): Promise<WireMachine> {
  const machine = await api.machines.get(names.app, id);
  if (machine === null || machine.state === 'destroyed') throw notDeployed(context.spec.name);
  return machine;
}
