import { badRequest, unprocessable } from '../api-error.js';
import type { AppRecord, OrgRecord } from '../records.js';
import type { Store } from '../store.js';
import type { Platform } from './platform.js';

/** Under 63 characters, as Fly counts them. */
const LONGEST_NAME = 62;

export interface AppRequest {
  name: string;
  org: string;
  /** The default one when it is empty. */
  network?: string;
  idempotencyKey?: string;
}

/** Makes an app. Throws 422 for a bad or taken name; an idempotency key gives back the app it was first used for. */
export function createApp(platform: Platform, request: AppRequest): AppRecord {
  const { store, clock, ids } = platform;
  const earlier = request.idempotencyKey === undefined ? undefined : store.appWithKey(request.idempotencyKey);
  if (earlier) {
    if (earlier.name === request.name && earlier.org === request.org) return earlier;
    throw unprocessable('idempotency_key was used for another app');
  }
  if (!/^[a-z0-9-]+$/.test(request.name) || request.name.length > LONGEST_NAME) {
    throw unprocessable('Validation failed: Name under 63 chars using numbers, lowercase letters and dashes');
  }
  if (store.app(request.name)) {
    throw unprocessable('Validation failed: Name has already been taken', 'name_taken');
  }
  const app: AppRecord = {
    id: ids.app(),
    name: request.name,
    numericId: store.nextNumericId(),
    org: request.org,
    // Fly's own clients always send this member, empty for the default network.
    network: request.network === undefined || request.network === '' ? 'default' : request.network,
    createdAt: clock.now(),
    idempotencyKey: request.idempotencyKey ?? null,
    ips: [],
    secrets: {},
    secretsVersion: 0,
  };
  store.state.apps[app.name] = app;
  store.changed({ app });
  return app;
}

/** Destroys an app with everything in it: machines, volumes, addresses, secrets. */
export async function destroyApp(platform: Platform, app: AppRecord): Promise<void> {
  const { store, lifecycle, runtime, logs } = platform;
  const machines = store.machines(app.name).filter((machine) => machine.state !== 'destroyed');
  await Promise.all(machines.map((machine) => lifecycle.destroyNow(machine)));
  for (const volume of store.volumes(app.name)) {
    for (const snapshot of store.snapshots(volume.id)) {
      delete store.state.snapshots[snapshot.id];
      store.changed({ snapshot });
      await runtime.discardVolume(snapshot.id);
    }
    delete store.state.volumes[volume.id];
    store.changed({ volume });
    await runtime.discardVolume(volume.id);
  }
  for (const machine of store.machines(app.name)) {
    delete store.state.machines[machine.id];
    store.changed({ machine });
  }
  delete store.state.apps[app.name];
  logs.forget(app.name);
  store.changed({ app });
}

/** The organisation with this slug, made when it is not there yet. */
export function ensureOrg(store: Store, slug: string): OrgRecord {
  const known = store.state.orgs.find((org) => org.slug === slug);
  if (known) return known;
  const org = { slug, name: slug === 'personal' ? 'Personal' : slug, numericId: store.nextNumericId() };
  store.state.orgs.push(org);
  store.changed({ rest: true });
  return org;
}

/** Throws 400 unless the name of a secret can be the name of an environment variable. */
export function checkSecretName(name: string): void {
  // Wording unsure.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw badRequest(`invalid_argument: invalid secret name "${name}"`);
}
