import type { JsonObject } from '../json.js';
import type { Platform } from '../platform/platform.js';

/** Everything the emulator holds, as plain JSON for assertions and for people. No secret values, no tokens. */
export interface EmulatorSnapshot {
  apps: { name: string; org: string; network: string; secretsVersion: number }[];
  ips: { app: string; ip: string; type: string }[];
  /** Names only. */
  secrets: { app: string; name: string; digest: string }[];
  volumes: {
    app: string;
    id: string;
    name: string;
    state: string;
    sizeGb: number;
    region: string;
    attachedMachine: string | null;
  }[];
  machines: {
    app: string;
    id: string;
    name: string;
    state: string;
    region: string;
    version: string;
    cordoned: boolean;
    leased: boolean;
    config: JsonObject;
  }[];
}

export function takeSnapshot({ store, leases }: Platform): EmulatorSnapshot {
  const apps = store.apps();
  return structuredClone({
    apps: apps.map(({ name, org, network, secretsVersion }) => ({ name, org, network, secretsVersion })),
    ips: apps.flatMap((app) => app.ips.map(({ ip, type }) => ({ app: app.name, ip, type }))),
    secrets: apps.flatMap((app) =>
      Object.entries(app.secrets).map(([name, secret]) => ({ app: app.name, name, digest: secret.digest })),
    ),
    volumes: apps.flatMap((app) =>
      store.volumes(app.name).map(({ id, name, state, sizeGb, region, attachedMachine }) => ({
        app: app.name,
        id,
        name,
        state,
        sizeGb,
        region,
        attachedMachine,
      })),
    ),
    machines: apps.flatMap((app) =>
      store.machines(app.name).map((machine) => ({
        app: app.name,
        id: machine.id,
        name: machine.name,
        state: machine.state,
        region: machine.region,
        version: machine.version,
        cordoned: machine.cordoned,
        leased: leases.current(machine) !== null,
        config: machine.config,
      })),
    ),
  });
}
