import { hasCode } from '../api/errors.js';
import { whenUnleased } from '../machine/held-lease.js';
import { withSignal, type MachineRef, type MachineWork } from '../machine/work.js';
import { heldAwakeBy } from '../planner/index.js';
import { holdTiming } from './timing.js';

/** The lease of a hold: ends by itself an hour after the last renewal, and any command of ours may take it over. */
export interface HoldLease {
  /** Whether it was there at the last look. */
  isHeld(): boolean;
  /** Takes it when it is missing, and renews it when that is due. Never waits for others. */
  tend(): Promise<void>;
  /** Never rejects. */
  release(): Promise<void>;
}

/**
 * Takes the lease of a machine for a hold. Where another hold has it already, that one is enough, and ours follows when it is gone.
 * Throws `FLY_LEASE_HELD` when somebody who changes the machine does not end in time.
 */
export async function takeHoldLease(
  work: MachineWork,
  machine: MachineRef,
  { description, endsAtMs }: { description: string; endsAtMs: number },
): Promise<HoldLease> {
  const { clock } = work.context;
  let nonce: string | null = null;
  let renewedAt = 0;

  const acquire = async (at: MachineWork, renewed?: string): Promise<void> => {
    const leftSeconds = Math.max(1, Math.ceil((endsAtMs - clock.now()) / 1_000));
    const ttlSeconds = Math.min(holdTiming.leaseTtlSeconds, leftSeconds);
    const request = { ttlSeconds, description, ...(renewed === undefined ? {} : { nonce: renewed }) };
    const lease = await at.api.leases.acquire(at.app, machine.id, request);
    nonce = lease.nonce ?? null;
    renewedAt = clock.now();
  };
  const lease: HoldLease = {
    isHeld: () => nonce !== null,
    async tend() {
      const found = await work.api.leases.get(work.app, machine.id);
      if (found !== null && found.description !== description) {
        nonce = null;
        return;
      }
      // Its answer may have been lost.
      nonce = found?.nonce ?? null;
      if (nonce !== null && clock.now() - renewedAt < holdTiming.leaseRenewMs) return;
      await acquire(work, nonce ?? undefined).catch((error: unknown) => {
        work.context.signal.throwIfAborted();
        if (!hasCode(error, 'FLY_LEASE_HELD')) throw error;
        nonce = null;
      });
    },
    async release() {
      const { leases } = withSignal(work, AbortSignal.timeout(holdTiming.cleanupMs)).api;
      try {
        // By what is there now: the answer that carried a nonce may not have come, or another may have taken it over.
        const found = await leases.get(work.app, machine.id);
        if (found?.description === description && found.nonce) await leases.release(work.app, machine.id, found.nonce);
      } catch {
        // It ends by itself.
      }
      nonce = null;
    },
  };

  try {
    const found = await work.api.leases.get(work.app, machine.id);
    if (heldAwakeBy(found) === null) await whenUnleased(work, machine, () => acquire(work));
    return lease;
  } catch (error) {
    if (work.context.signal.aborted) await lease.release();
    throw error;
  }
}
