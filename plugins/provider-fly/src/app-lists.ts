import type { FlyApi } from './api/client.js';
import type { WireIp, WireMachine, WireSecret, WireVolume } from './api/types.js';
import { attempt, type Read } from './attempt.js';

/** What is in an app, as far as it is needed. */
export interface Lists {
  ips: Read<WireIp[]>;
  secretsRead: Read<WireSecret[]>;
  listed: Read<WireVolume[]>;
  listedMachines: Read<WireMachine[]>;
}

/** Asks for all of them together. Throws `FLY_TOKEN_REFUSED`. */
export async function readLists(api: FlyApi, app: string, purpose: 'plan' | 'summary'): Promise<Lists> {
  const notAsked: Read<never> = { ok: false, reason: 'not asked for', error: null };
  const [ips, secretsRead, listed, listedMachines] = await Promise.all([
    attempt(api.ips.list(app)),
    purpose === 'plan' ? attempt(api.secrets.list(app)) : notAsked,
    attempt(api.volumes.list(app)),
    // Who keeps a machine awake is part of its status, and none of what a plan rests on.
    attempt(api.machines.list(app, { includeLeases: purpose === 'summary' })),
  ]);
  return { ips, secretsRead, listed, listedMachines };
}
