import { hasCode } from '../api/errors.js';
import { whenUnleased } from './held-lease.js';
import type { MachineRef, MachineWork } from './work.js';
import { timing } from './timing.js';

/**
 * Asks Fly to start a machine. A lease of somebody else is waited for, and so is the moment after a stop in which Fly
 * refuses. Does not wait until the machine is up.
 */
export async function requestStart(work: MachineWork, machine: MachineRef): Promise<void> {
  const { clock, signal } = work.context;
  const deadline = clock.now() + timing.busyMs;
  for (;;) {
    try {
      return await whenUnleased(work, machine, () => work.api.machines.start(work.app, machine.id));
    } catch (error) {
      if (!hasCode(error, 'FLY_MACHINE_BUSY', 'FLY_PRECONDITION', 'FLY_CONFLICT')) throw error;
      // "Not stopped" is no failure when it is because the machine is up.
      const now = await work.api.machines.get(work.app, machine.id);
      if (now?.state === 'started' || now?.state === 'starting') return;
      if (clock.now() >= deadline) throw error;
      work.progress(`machine ${machine.name} is still ${now?.state ?? 'unknown'}, trying again`);
      await clock.sleep(timing.busyRetryMs, signal);
    }
  }
}
