import { ApiError, badRequest, conflict, notFound } from './api-error.js';
import type { EmulatorClock } from './clock.js';
import type { Ids } from './ids.js';
import type { LeaseRecord, MachineRecord } from './records.js';
import type { Store } from './store.js';

/** Default time to live of a lease, in seconds, when the request names none (unsure). */
const DEFAULT_TTL_SECONDS = 60;

export interface LeaseRequest {
  ttlSeconds?: number;
  description?: string;
  owner: string;
  /** Nonce header of the request: the holder refreshes with it. */
  nonce?: string;
}

/** Who may write to a machine, and until when. */
export interface Leases {
  /** The live lease, or `null`: an expired one is gone by itself. */
  current(machine: MachineRecord): LeaseRecord | null;
  /** Takes a lease, or refreshes it when the nonce is right. Throws 409 when another holds it. */
  acquire(machine: MachineRecord, request: LeaseRequest): LeaseRecord;
  /** Throws 404 without a lease, 400 with a wrong nonce. */
  release(machine: MachineRecord, nonce: string | undefined): void;
  /** Throws 409 when another holds the machine. */
  check(machine: MachineRecord, nonce: string | undefined): void;
}

export function createLeases(store: Store, clock: EmulatorClock, ids: Ids): Leases {
  const current = (machine: MachineRecord): LeaseRecord | null =>
    machine.lease && machine.lease.expiresAt > clock.now() ? machine.lease : null;

  const check = (machine: MachineRecord, nonce: string | undefined): void => {
    const lease = current(machine);
    if (lease && lease.nonce !== nonce) throw heldBy(machine, lease);
  };

  return {
    current,
    check,
    acquire(machine, request) {
      check(machine, request.nonce);
      const held = current(machine);
      const lease: LeaseRecord = {
        nonce: held?.nonce ?? ids.hex(12),
        expiresAt: clock.now() + (request.ttlSeconds ?? DEFAULT_TTL_SECONDS) * 1000,
        owner: held?.owner ?? request.owner,
        description: request.description ?? held?.description ?? '',
        version: machine.version,
      };
      machine.lease = lease;
      store.changed({ machine });
      return lease;
    },
    release(machine, nonce) {
      const lease = current(machine);
      if (!lease) throw notFound('lease not found');
      if (lease.nonce !== nonce) throw badRequest('invalid_argument: lease nonce does not match');
      machine.lease = null;
      store.changed({ machine });
    },
  };
}

function heldBy(machine: MachineRecord, lease: LeaseRecord): ApiError {
  const expires = new Date(lease.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return conflict(`aborted: machine ID ${machine.id} lease currently held by ${lease.owner}, expires at ${expires}`);
}
