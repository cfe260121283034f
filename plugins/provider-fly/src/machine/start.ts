import { hasCode } from '../api/errors.js';
import { whenUnleased } from './held-lease.js';
import type { MachineRef, MachineWork } from './work.js';
import { timing } from './timing.js';

const UP = new Set(['started', 'starting', 'restarting']);

/**
 * Asks Fly to start a machine. A lease of somebody else is waited for, unless `nonce` is that of our own, and so is every refusal
 * that means "not yet": right after a stop, while it suspends, while its image is prepared or swapped. Does not wait until the
 * machine is up.
 */
export async function requestStart(work: MachineWork, machine: MachineRef, nonce?: string): Promise<void> {
  const { clock, signal } = work.context;
  const began = clock.now();
  const ask = (): Promise<void> => work.api.machines.start(work.app, machine.id, nonce);
  for (;;) {
    try {
      return await (nonce === undefined ? whenUnleased(work, machine, ask) : ask());
    } catch (error) {
      if (!hasCode(error, 'FLY_MACHINE_BUSY', 'FLY_PRECONDITION', 'FLY_CONFLICT')) throw error;
      // "Not stopped" is no failure when it is because the machine is up.
      const now = await work.api.machines.get(work.app, machine.id);
      if (now !== null && UP.has(now.state)) return;
      // "Not yet" can mean that a cold image is on its way; of other refusals only few pass.
      const patienceMs = error.code === 'FLY_MACHINE_BUSY' ? timing.settleMs : timing.busyMs;
      if (clock.now() >= began + patienceMs) throw error;
      work.progress(`Fly does not start machine ${machine.name} yet, it is ${now?.state ?? 'unknown'}: trying again`);
      await clock.sleep(timing.busyRetryMs, signal);
    }
  }
}
