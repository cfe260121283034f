import type { LeaseRecord, MachineRecord } from '../records.js';
import type { MachineExit } from '../runtime/machine-runtime.js';
import { createApp, ensureOrg } from '../platform/apps.js';
import { acceptMachineConfig } from '../platform/machine-config.js';
import { createMachine } from '../platform/machines.js';
import type { Platform } from '../platform/platform.js';
import { createVolume } from '../platform/volumes.js';
import type { JsonObject } from '../json.js';

/** What a test does behind the API's back: things that other people, or Fly itself, would have done. */
export interface AdminDoors {
  /** An app, also in an organisation that the emulator's token does not reach. */
  seedApp(app: { name: string; org?: string; secrets?: Record<string, string> }): void;
  /** Returns the volume's id. */
  seedVolume(volume: { app: string; name: string; region?: string; sizeGb?: number }): Promise<string>;
  /** Returns the machine's id. It comes up on its own, unless `launch` is false. */
  seedMachine(machine: { app: string; name?: string; region?: string; config?: JsonObject; launch?: boolean }): string;
  /** Somebody else takes a machine's lease. Returns its nonce. */
  holdLease(lease: { app: string; machine: string; owner?: string; ttlSeconds?: number; description?: string }): string;
  /** The main process of a started machine ends by itself. */
  exitMachine(app: string, machine: string, exit?: Partial<MachineExit>): void;
  /** A volume holds at least so many bytes, whatever else is on it. */
  fillVolume(app: string, volume: string, usedBytes: number): void;
  /** The app's own addresses are ones at which nothing answers, as while they are not announced everywhere. */
  strayAddresses(app: string): void;
  /** Resolves when the machine (id or name) is in that state. Needs no virtual time to pass by itself. */
  untilState(app: string, machine: string, state: string): Promise<void>;
}

export function createAdminDoors(platform: Platform): AdminDoors {
  const { store, clock, leases, lifecycle, ids } = platform;

  const findMachine = (app: string, machine: string): MachineRecord => {
    const found = store.machines(app).find((candidate) => candidate.id === machine || candidate.name === machine);
    if (!found) throw new Error(`app ${app} has no machine ${machine}`);
    return found;
  };
  const findApp = (name: string) => {
    const app = store.app(name);
    if (!app) throw new Error(`there is no app ${name}`);
    return app;
  };

  return {
    seedApp({ name, org = 'personal', secrets = {} }) {
      ensureOrg(store, org);
      const app = createApp(platform, { name, org });
      for (const [key, value] of Object.entries(secrets)) {
        app.secrets[key] = { value, digest: ids.hex(16), createdAt: clock.now(), updatedAt: clock.now() };
        app.secretsVersion++;
      }
      store.changed({ app });
    },
    async seedVolume({ app, name, region = 'iad', sizeGb }) {
      return (await createVolume(platform, findApp(app), { name, region, sizeGb })).id;
    },
    seedMachine({ app, name, region, config = {}, launch = true }) {
      const accepted = acceptMachineConfig({ image: 'nginx:1.27', ...config });
      return createMachine(platform, findApp(app), { config: accepted, name, region, skipLaunch: !launch }).id;
    },
    holdLease({ app, machine, owner, ttlSeconds, description }) {
      const lease: LeaseRecord = leases.acquire(findMachine(app, machine), {
        owner: owner ?? `${ids.uuid()}@tokens.fly.io`,
        ttlSeconds,
        description,
      });
      return lease.nonce;
    },
    exitMachine(app, machine, exit = {}) {
      lifecycle.simulateExit(findMachine(app, machine), { code: 1, signal: -1, oomKilled: false, ...exit });
    },
    fillVolume(app, name, usedBytes) {
      const volume = store.volumes(app).find((candidate) => candidate.id === name || candidate.name === name);
      if (!volume) throw new Error(`app ${app} has no volume ${name}`);
      volume.filledBytes = usedBytes;
      store.changed({ volume });
    },
    strayAddresses(name) {
      const app = findApp(name);
      // The discard-only prefix of RFC 6666.
      app.ips = app.ips.map((ip, index) => (ip.type === 'v6' ? { ...ip, ip: `100::${index + 1}` } : ip));
      store.changed({ app });
    },
    untilState(app, machine, state) {
      const found = findMachine(app, machine);
      if (found.state === state) return Promise.resolve();
      return new Promise((resolve) => {
        const off = lifecycle.onState((changed) => {
          if (changed.id !== found.id || changed.state !== state) return;
          off();
          resolve();
        });
      });
    },
  };
}
