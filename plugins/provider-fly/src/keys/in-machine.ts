import { isSindriError } from '@sindri/core';
import { admitKeyScript, readAuthorizedKeysScript, removeKeyScript } from '@sindri/image-contract';
import { readPublicKeys, type PublicKey } from '@sindri/ssh';
import type { WireExecReply } from '../api/types.js';
import type { MachineRef, MachineWork } from '../machine/work.js';
import { toKeyLine } from '../planner/index.js';
import { flyError } from '../fly-error.js';

const EXEC_SECONDS = 15;

/** The keys that a running machine admits now. `null` when it cannot tell. */
export async function readKeysInMachine(work: MachineWork, machine: MachineRef): Promise<PublicKey[] | null> {
  try {
    const reply = await exec(work, machine, ['sh', '-c', readAuthorizedKeysScript]);
    return reply.exit_code === 0 ? readPublicKeys(reply.stdout).keys : null;
  } catch (error) {
    work.context.signal.throwIfAborted();
    if (isSindriError(error)) return null;
    throw error;
  }
}

/** From now on, until the next boot. The key is an argument of the script and no part of it. Throws `FLY_KEYS_NOT_WRITTEN`. */
export async function admitInMachine(work: MachineWork, machine: MachineRef, key: PublicKey): Promise<void> {
  await run(work, machine, admitKeyScript, [base64Of(key.publicKey), toKeyLine(key)]);
}

/** From now on, until the next boot. Throws `FLY_KEYS_NOT_WRITTEN`. */
export async function removeInMachine(work: MachineWork, machine: MachineRef, key: PublicKey): Promise<void> {
  await run(work, machine, removeKeyScript, [base64Of(key.publicKey)]);
}

async function run(work: MachineWork, { id, name }: MachineRef, script: string, args: string[]): Promise<void> {
  const reply = await exec(work, { id, name }, ['sh', '-c', script, 'sindri', ...args]);
  // Without a signal the platform says 0, or -1.
  if (reply.exit_code === 0 && reply.exit_signal <= 0) return;
  const said = reply.stderr.trim().split('\n')[0] ?? '';
  throw flyError({
    code: 'FLY_KEYS_NOT_WRITTEN',
    kind: 'incomplete',
    message: `Machine ${name} could not write its list of SSH keys${said === '' ? '' : `: ${said}`}.`,
    hint: 'Look at the disk and at ~/.ssh inside: sindri exec --method api -- ls -la .ssh',
    details: { machine: id, exitCode: reply.exit_code },
  });
}

function base64Of(publicKey: string): string {
  return publicKey.split(' ')[1] ?? '';
}

/** These scripts may run twice, other than the commands of people. */
function exec({ api, app }: MachineWork, { id }: MachineRef, command: string[]): Promise<Required<WireExecReply>> {
  return api.machines.exec(app, id, { command, timeoutSeconds: EXEC_SECONDS, isRepeatable: true });
}
