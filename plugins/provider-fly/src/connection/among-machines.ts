import type { Duplex } from 'node:stream';
import { type SindriError, isSindriError, type OperationContext } from '@sindri/core';
import type { SshConnection, StreamOpener } from '@sindri/ssh';
import type { MachineRef } from '../machine/work.js';
import { flyError } from '../fly-error.js';

const MAX_TRIES = 6;
const OPEN_MS = 10_000;

/**
 * Connects to one of several machines that answer on the same addresses. Fly's edge chooses among them for each connection,
 * the least loaded first, and only the pinned host key tells which one it was: so each wrong one is kept busy with an open
 * stream while the next is tried. Rejects with `FLY_INSTANCE_NOT_REACHED`, and with what `connect` rejects with otherwise.
 */
export async function connectAmongMachines(
  machine: MachineRef,
  via: StreamOpener,
  { signal, clock }: Pick<OperationContext, 'signal' | 'clock'>,
  connect: () => Promise<SshConnection>,
): Promise<SshConnection> {
  const held: Duplex[] = [];
  try {
    for (let tries = 1; ; tries++) {
      held.push((await via.open({ signal, clock, timeoutMs: OPEN_MS })).stream);
      try {
        return await connect();
      } catch (error) {
        if (!isHostKeyMismatch(error)) throw error;
        if (tries === MAX_TRIES) throw notReached(machine, error);
      }
    }
  } finally {
    for (const stream of held) stream.destroy();
  }
}

/** Whether somebody else than expected has answered. */
export function isHostKeyMismatch(error: unknown): error is SindriError {
  return isSindriError(error) && error.code === 'SSH_HOST_KEY_MISMATCH';
}

function notReached({ id, name }: MachineRef, cause: SindriError): SindriError {
  return flyError({
    code: 'FLY_INSTANCE_NOT_REACHED',
    kind: 'transport',
    retryable: true,
    message: `Several machines answer on the addresses of the app, and no connection led to ${name}.`,
    hint: 'Run the same command again, run it through the API (`sindri exec --method api`), or stop the other machines.',
    details: { machine: id, ...cause.details },
    cause,
  });
}
