import { type SindriError, isSindriError } from '@sindri/core';
import { awaitSshBanner, type StreamOpener } from '@sindri/ssh';
import type { WireMachine } from '../api/types.js';
import { automaticOpener } from '../connection/choose-method.js';
import { isInVain } from '../connection/no-route.js';
import type { SshDestination } from '../connection/ssh-destination.js';
import { createStreams } from '../connection/streams.js';
import { throwIfFailed, watchBoot, type BootWatch } from './boot-watch.js';
import { firstToEnd } from './race.js';
import { withSignal, type MachineWork } from './work.js';
import { dedicatedIpv4Text } from '../planner/index.js';
import { timing } from './timing.js';
import { flyError } from '../fly-error.js';

/** Networks change for a moment; only what stays unreachable is. */
const UNREACHABLE_TRIES = 3;

/**
 * Waits until an SSH server answers through Fly's edge, and reports a machine that ends meanwhile at once. When this
 * computer has no way to any of the addresses (most often: no IPv6), it says so in a notice and returns: nothing is wrong
 * with the machine. Throws `FLY_SSH_TIMEOUT`.
 *
 * Returns the machine as it is after that, since one whose main process lives for a moment only may still have answered in it:
 * `started`, or fallen asleep meanwhile. `null` while Fly does not know it.
 */
export async function awaitSsh(work: MachineWork, watch: BootWatch, ssh: SshDestination): Promise<WireMachine | null> {
  const via = automaticOpener(ssh, await createStreams(work.app, null, work.context), { edgeOnly: true });
  if (via === null) {
    warnNotChecked(work, `The app has no address of its own for SSH.`);
  } else {
    work.progress(`waiting for SSH on ${via.where}`);
    await firstToEnd<unknown>(work.context.signal, [
      (signal) => awaitBanner(withSignal(work, signal), via),
      (signal) => watchBoot(withSignal(work, signal), watch),
    ]);
  }
  const machine = await work.api.machines.get(work.app, watch.machine.id);
  if (machine !== null) await throwIfFailed(work, watch, machine);
  return machine;
}

async function awaitBanner(work: MachineWork, via: StreamOpener): Promise<void> {
  const { clock, signal } = work.context;
  const noRoute = new AbortController();
  try {
    await awaitSshBanner(via, {
      signal: AbortSignal.any([signal, noRoute.signal]),
      clock,
      timeoutMs: timing.sshMs,
      onAttempt({ attempt, failures }) {
        if (isInVain(failures) && attempt >= UNREACHABLE_TRIES) noRoute.abort(new Error('no way to any address'));
        const first = failures[0];
        if (first !== undefined) work.progress(`waiting for SSH: ${first.where} ${first.message}`);
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    if (noRoute.signal.aborted) {
      warnNotChecked(work, 'This computer has no way to the addresses of the app (no IPv6?), so SSH was not tried.');
      return;
    }
    if (isSindriError(error) && error.code === 'SSH_UNREACHABLE') throw sshTimeout(error);
    throw error;
  }
}

function warnNotChecked(work: MachineWork, what: string): void {
  work.context.emit({
    type: 'notice',
    level: 'warning',
    code: 'FLY_SSH_NOT_CHECKED',
    message:
      `${what} The machine itself is started. To get in from networks without IPv6, set ` +
      `\`providers.fly.dedicatedIpv4: true\` (${dedicatedIpv4Text}) and deploy again.`,
  });
}

function sshTimeout(cause: SindriError): SindriError {
  return flyError({
    code: 'FLY_SSH_TIMEOUT',
    kind: 'incomplete',
    retryable: true,
    message: `The machine is started, but its SSH server did not answer. ${cause.message}`,
    hint:
      'It may still be preparing its home directory: `sindri logs` tells, and running the same command again continues. ' +
      'If this network blocks IPv6, set `providers.fly.dedicatedIpv4: true`.',
    details: cause.details,
    cause,
  });
}
