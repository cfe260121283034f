import { existed, orNull } from './not-found.js';
import type { Send } from './send.js';
import type { WireLease } from './types.js';

export interface LeasesApi {
  /** `null` when nobody holds it. */
  get(app: string, machine: string): Promise<WireLease | null>;
  /** With `nonce` the held lease gets a new expiry. Throws `FLY_LEASE_HELD` while somebody else has it. */
  acquire(app: string, machine: string, request: AcquireLease): Promise<WireLease>;
  /** `false` when there was none. */
  release(app: string, machine: string, nonce: string): Promise<boolean>;
}

export interface AcquireLease {
  ttlSeconds: number;
  /** Shown to whoever has to wait. */
  description: string;
  nonce?: string;
}

export function leasesApi(send: Send): LeasesApi {
  return {
    async get(app, machine) {
      const reply = await orNull(send<Enveloped>('getLease', { params: { app, machine } }));
      return reply === null ? null : unwrap(reply);
    },
    async acquire(app, machine, { ttlSeconds, description, nonce }) {
      const reply = await send<Enveloped>('acquireLease', {
        params: { app, machine },
        body: { ttl: ttlSeconds, description },
        nonce,
        // With the nonce it is a refresh, and the same one twice is still one lease.
        repeat: nonce === undefined ? 'unproven' : 'idempotent',
      });
      return unwrap(reply);
    },
    release: (app, machine, nonce) => existed(send<unknown>('releaseLease', { params: { app, machine }, nonce })),
  };
}

type Enveloped = { status?: string; data?: WireLease } | WireLease;

/** The schema shows a bare lease, the wire has an envelope around it. */
function unwrap(reply: Enveloped): WireLease {
  return 'data' in reply && reply.data !== undefined ? reply.data : (reply as WireLease);
}
