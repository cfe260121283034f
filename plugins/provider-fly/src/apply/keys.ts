import { fingerprint } from '@sindri/ssh';
import type { WireMachine } from '../api/types.js';
import { admitKey } from '../keys/admit.js';
import { admitInMachine } from '../keys/in-machine.js';
import { removeKey, removeNow } from '../keys/remove.js';
import { notDeployed } from '../machine/find-machine.js';
import { applied, skipped } from './results.js';
import type { Apply, ApplyWork } from './work.js';

/** Lets one more key in; the machine keeps running. */
export const applyKeyAdmit: Apply<'key.admit'> = async (work, payload) => {
  const { machineId, publicKey, comment, lasting, second } = payload;
  const machine = await liveMachine(work, machineId);
  const admission = await admitKey(work.machineWork, machine, { publicKey, comment }, { lasting });
  if (second !== undefined) {
    await admitInMachine(work.machineWork, await liveMachine(work, second.machineId), { publicKey, comment });
  }
  return applied('key.admit', { fingerprint: fingerprint(publicKey), ...admission });
};

/** Takes one key out; the machine and whoever is logged in keep running. */
export const applyKeyRemove: Apply<'key.remove'> = async (work, payload) => {
  const { machineId, fingerprint: removed, lasting, second } = payload;
  const machine = await liveMachine(work, machineId);
  const left = { fingerprint: removed };
  const wasIn = await removeKey(work.machineWork, machine, removed, { lasting });
  const wasInSecond =
    second !== undefined && (await removeNow(work.machineWork, await liveMachine(work, second.machineId), removed));
  return wasIn || wasInSecond ? applied('key.remove', left) : skipped('key.remove', 'no such key is admitted', left);
};

async function liveMachine({ api, names, context }: ApplyWork, id: string): Promise<WireMachine> {
  const machine = await api.machines.get(names.app, id);
  if (machine === null || machine.state === 'destroyed') throw notDeployed(context.spec.name);
  return machine;
}
