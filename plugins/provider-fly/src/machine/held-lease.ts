import type { SindriError } from '@sindri/core';
import { FlyApiError, hasCode, outcomeUnknownError } from '../api/errors.js';
import type { WireLease } from '../api/types.js';
import { heldAwakeBy, leaseEnd } from '../planner/index.js';
import { withSignal, type MachineRef, type MachineWork } from './work.js';
import { timing } from './timing.js';
import { flyError } from '../fly-error.js';

/** The right to change a machine, kept alive until it is given back. */
export interface HeldLease {
  readonly nonce: string;
  /** Gives it back. Never rejects: a lease that cannot be released ends by itself within seconds. */
  release(): Promise<void>;
}

/** Takes the lease of a machine, waiting for whoever has it. Throws `FLY_LEASE_HELD` after the lock timeout. */
export async function takeLease(work: MachineWork, machine: MachineRef): Promise<HeldLease> {
  const nonce = await whenUnleased(work, machine, () => acquire(work, machine));
  return keepAlive(work, machine, nonce, { announce: false });
}

/**
 * Keeps a lease that came with the machine's creation. That one has no description yet, so it is refreshed soon: others who
 * wait for it want to know for whom.
 */
export function keepCreatedLease(work: MachineWork, machine: MachineRef, nonce: string): HeldLease {
  return keepAlive(work, machine, nonce, { announce: true });
}

/** The nonce of the lease that this run holds although the answer that carried it was lost. */
export async function findOwnNonce(work: MachineWork, machine: MachineRef): Promise<string | null> {
  const lease = await work.api.leases.get(work.app, machine.id);
  return lease?.nonce ?? null;
}

/**
 * Runs `write`; while somebody else holds the lease it waits, says for whom, and tries again. A lease that only keeps the machine
 * awake is ended instead: its holder takes it anew while there is something to hold. Throws `FLY_LEASE_HELD` after the lock timeout.
 */
export async function whenUnleased<T>(work: MachineWork, machine: MachineRef, write: () => Promise<T>): Promise<T> {
  const deadline = work.context.clock.now() + work.lockTimeoutMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!hasCode(error, 'FLY_LEASE_HELD')) throw error;
      if (await endHold(work, machine)) continue;
      const holder = await awaitLeaseEnd(work, machine, deadline);
      if (work.context.clock.now() >= deadline) throw error;
      // Gone between two calls: Fly's own proxy takes leases for moments, so go on without haste.
      if (holder === null) await work.context.clock.sleep(timing.leasePollMs, work.context.signal);
    }
  }
}

/** Whether the lease was that of a hold, and is gone. Under it no traffic could wake the machine after a stop. */
async function endHold(work: MachineWork, machine: MachineRef): Promise<boolean> {
  const { leases } = work.api;
  const lease = await leases.get(work.app, machine.id);
  const held = heldAwakeBy(lease);
  if (held === null || lease?.nonce === undefined) return false;
  await leases.release(work.app, machine.id, lease.nonce).catch((error: unknown) => {
    work.context.signal.throwIfAborted();
    // Renewed, released or taken by another between the two calls: the next look tells.
    if (!hasCode(error, 'FLY_REQUEST_REFUSED', 'FLY_NOT_FOUND')) throw error;
  });
  work.progress(`taking over the lease that keeps machine ${machine.name} awake (${held.reason})`);
  return true;
}

/**
 * Waits until nobody holds the machine's lease, and returns who held it last (`null` = it was free). Throws
 * `FLY_LEASE_HELD` when `deadline` (ms since the epoch) passes.
 */
export async function awaitLeaseEnd(work: MachineWork, machine: MachineRef, deadline: number): Promise<string | null> {
  const { clock, signal, emit } = work.context;
  let told = '';
  let holder: string | null = null;
  for (;;) {
    const lease = await work.api.leases.get(work.app, machine.id);
    if (lease === null) return holder;
    holder = describeHolder(lease);
    if (holder !== told) {
      emit({ type: 'lock.waiting', resource: `machine ${machine.name}`, ...leaseFacts(lease) });
      told = holder;
    }
    if (clock.now() >= deadline) throw leaseHeld(machine, lease);
    await clock.sleep(timing.leasePollMs, signal);
  }
}

/**
 * Gives back a lease that this run may hold without knowing it, because the caller went away before the answer came. Best
 * effort: it would end by itself within seconds, but until then nobody could use the machine. `born`: this run has made the machine, and
 * the lease that came with it has no description yet; on any other machine such a lease is that of another tool.
 */
export async function releaseUnknownLease(
  work: MachineWork,
  machine: MachineRef,
  { born }: { born: boolean },
): Promise<void> {
  const { leases } = withSignal(work, AbortSignal.timeout(timing.cleanupMs)).api;
  try {
    const lease = await leases.get(work.app, machine.id);
    const isOurs = lease?.description === work.who || (born && !lease?.description);
    if (lease?.nonce && isOurs) await leases.release(work.app, machine.id, lease.nonce);
  } catch {
    // As said: best effort.
  }
}

async function acquire(work: MachineWork, machine: MachineRef): Promise<string> {
  const request = { ttlSeconds: timing.leaseTtlSeconds, description: work.who };
  try {
    return nonceOf(await work.api.leases.acquire(work.app, machine.id, request));
  } catch (error) {
    if (work.context.signal.aborted) await releaseUnknownLease(work, machine, { born: false });
    if (!(error instanceof FlyApiError) || !error.outcomeUnknown) throw error;
    let lease: WireLease | null;
    try {
      lease = await work.api.leases.get(work.app, machine.id);
    } catch {
      throw outcomeUnknownError(`give us the lease of machine ${machine.name}`, error);
    }
    // The description carries this run's launch id, so it is ours when it is equal.
    if (lease?.description === work.who) return nonceOf(lease);
    return nonceOf(await work.api.leases.acquire(work.app, machine.id, request));
  }
}

function keepAlive(work: MachineWork, machine: MachineRef, nonce: string, options: { announce: boolean }): HeldLease {
  const released = new AbortController();
  const running = refreshLoop();
  return {
    nonce,
    async release() {
      released.abort();
      // A refresh that Fly sees after the release would make a new lease that nobody gives back.
      await running;
      const cleanup = withSignal(work, AbortSignal.timeout(timing.cleanupMs));
      await cleanup.api.leases.release(work.app, machine.id, nonce).catch(() => undefined);
    },
  };

  async function refreshLoop(): Promise<void> {
    if (options.announce && (await pause(timing.leaseAnnounceMs))) await refresh();
    while (await pause(timing.leaseRefreshMs)) await refresh();
  }

  /** `false` once there is nothing to keep alive any more. */
  async function pause(ms: number): Promise<boolean> {
    const signal = AbortSignal.any([work.context.signal, released.signal]);
    return work.context.clock.sleep(ms, signal).then(
      () => true,
      () => false,
    );
  }

  /**
   * Under a short signal of its own, not the caller's: see `release`. One that fails is tried again at the next turn, and
   * the write that needs the lease tells if it is gone.
   */
  async function refresh(): Promise<void> {
    const { leases } = withSignal(work, AbortSignal.timeout(timing.cleanupMs)).api;
    const request = { ttlSeconds: timing.leaseTtlSeconds, description: work.who, nonce };
    await leases.acquire(work.app, machine.id, request).catch(() => undefined);
  }
}

function nonceOf(lease: WireLease): string {
  return lease.nonce ?? '';
}

function describeHolder(lease: WireLease): string {
  const owner = lease.owner ?? 'somebody';
  return lease.description ? `${lease.description} (${owner})` : owner;
}

function leaseFacts(lease: WireLease): { holder: string; description?: string; expiresAt?: string } {
  const expiresAt = leaseEnd(lease);
  return {
    holder: lease.owner ?? 'somebody',
    ...(lease.description ? { description: lease.description } : {}),
    ...(expiresAt === null ? {} : { expiresAt }),
  };
}

function leaseHeld(machine: MachineRef, lease: WireLease): SindriError {
  const facts = leaseFacts(lease);
  return flyError({
    code: 'FLY_LEASE_HELD',
    kind: 'incomplete',
    retryable: true,
    message: `Somebody else is changing machine ${machine.name}: ${describeHolder(lease)}${
      facts.expiresAt === undefined ? '' : `, until ${facts.expiresAt} at least`
    }.`,
    hint: 'Wait until that is over and run the same command again, or wait longer with --lock-timeout.',
    details: { machine: machine.id, ...facts },
  });
}
