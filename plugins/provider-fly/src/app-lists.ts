import type { FlyApi } from './api/client.js';
import { isBuilder } from './api/machines.js';
import type { WireIp, WireMachine, WireSecret, WireVolume } from './api/types.js';
import { attempt, type Read } from './attempt.js';

/** What is in an app, as far as it is needed. */
export interface Lists {
  ips: Read<WireIp[]>;
  secretsRead: Read<WireSecret[]>;
  listed: Read<WireVolume[]>;
  /** Without {@link Lists.builders}. */
  listedMachines: Read<WireMachine[]>;
  /** Machines that only build images. */
  builders: WireMachine[];
}

/** Asks for all of them together. Throws `FLY_TOKEN_REFUSED`. */
export async function readLists(api: FlyApi, app: string, purpose: 'plan' | 'summary'): Promise<Lists> {
  const notAsked: Read<never> = { ok: false, reason: 'not asked for', error: null };
  const [ips, secretsRead, listed, all] = await Promise.all([
    attempt(api.ips.list(app)),
    purpose === 'plan' ? attempt(api.secrets.list(app)) : notAsked,
    attempt(api.volumes.list(app)),
    // Who keeps a machine awake is part of its status, and none of what a plan rests on.
    attempt(api.machines.list(app, { includeLeases: purpose === 'summary', includeBuilders: true })),
  ]);
  const builders = all.ok ? all.value.filter(isBuilder) : [];
  const listedMachines = all.ok ? { ...all, value: all.value.filter((machine) => !isBuilder(machine)) } : all;
  return { ips, secretsRead, listed, listedMachines, builders };
}
