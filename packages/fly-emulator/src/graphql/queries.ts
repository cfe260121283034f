import { badRequest, notFound } from '../api-error.js';
import { NEAREST_REGION, REGIONS, type Region } from '../platform/regions.js';
import type { AppRecord } from '../records.js';
import { reachesApp } from '../rest/access.js';
import { appObject } from './app-object.js';
import { appOf, orgsOf, orgWith, type Caller } from './caller.js';
import { connection, type Paging } from './connection.js';
import { machineObject, volumeObject } from './machine-object.js';
import { organizationObject } from './organization-object.js';
import { userObject } from './token-object.js';

type Given<T> = T | null | undefined;

/** The root fields that only read, one function each. */
export const QUERIES = {
  viewer(_args: unknown, { tokens }: Caller) {
    const person = tokens.find(({ kind }) => kind === 'personal');
    if (person) return userObject(person.user);
    return { __typename: 'Macaroon', email: tokens[0]?.user ?? '', name: null };
  },

  organizations({ type, ...paging }: Paging & { type?: Given<string> }, caller: Caller) {
    const all = orgsOf(caller).map((org) => organizationObject(caller, org));
    return connection(
      all.filter((org) => typeof type !== 'string' || org.type === type),
      paging,
    );
  },

  organization({ id, slug, name }: { id?: Given<string>; slug?: Given<string>; name?: Given<string> }, caller: Caller) {
    if (typeof id === 'string') return organizationObject(caller, orgWith(caller, 'id', id));
    return organizationObject(caller, orgWith(caller, 'slug', slug ?? name ?? ''));
  },

  app: ({ name, id }: { name?: Given<string>; id?: Given<string> }, caller: Caller) =>
    appObject(caller, appOf(caller, name ?? id ?? '')),

  apps({ organizationId, role, platform: kind, active, ...paging }: AppsArguments, caller: Caller) {
    const { platform, tokens } = caller;
    const org = typeof organizationId === 'string' ? orgWith(caller, 'id', organizationId) : null;
    const apps = platform.store
      .apps()
      .filter((app) => tokens.some((token) => reachesApp(token, app, false)))
      .filter((app) => org === null || app.org === org.slug)
      // A role is given to apps of Fly's own products only, and all run on machines.
      .filter(() => (role ?? '') === '' && [null, undefined, '', 'machines'].includes(kind))
      .map((app) => appObject(caller, app))
      .filter(({ deployed }) => active !== true || deployed === true);
    return connection(apps, paging);
  },

  machine({ machineId }: { machineId: string }, caller: Caller) {
    const machine = caller.platform.store.machine(machineId);
    const app = machine?.state === 'destroyed' ? null : reachableApp(caller, machine?.app);
    if (machine && app) return machineObject(caller, machine, () => appObject(caller, app));
    throw notFound(`Could not find Machine "${machineId}"`);
  },

  volume({ id }: { id: string }, caller: Caller) {
    const volume = caller.platform.store.volume(id);
    const app = reachableApp(caller, volume?.app);
    if (volume && app) return volumeObject(caller, volume, () => appObject(caller, app));
    throw notFound(`Could not find Volume "${id}"`);
  },

  platform: () => ({ requestRegion: NEAREST_REGION, regions: REGIONS.map(regionObject) }),

  nearestRegion() {
    const nearest = REGIONS.find(({ code }) => code === NEAREST_REGION);
    return nearest && regionObject(nearest);
  },

  /** Fly knows versions of images of its own; of others it says this, and clients go on. */
  latestImageDetails() {
    throw badRequest('Unknown repository');
  },

  /** Bluegreen needs every machine twice for a while: it cannot where a quota stands against it. */
  canPerformBluegreenDeployment({ name }: { name: string }, caller: Caller) {
    const { store, settings } = caller.platform;
    const app = appOf(caller, name);
    const own = store.machines(app.name).filter(({ state }) => state !== 'destroyed');
    const { machines: used, memoryMbByRegion } = store.useOf(app.org);
    const { machines: most = Infinity, memoryMbPerRegion = Infinity } = settings.quotas;
    if (used + own.length > most) return false;
    const needed = new Map(memoryMbByRegion);
    for (const { region, config } of own) needed.set(region, (needed.get(region) ?? 0) + config.guest.memory_mb);
    return [...needed.values()].every((memoryMb) => memoryMb <= memoryMbPerRegion);
  },
};

interface AppsArguments extends Paging {
  organizationId?: Given<string>;
  role?: Given<string>;
  platform?: Given<string>;
  active?: Given<boolean>;
}

function reachableApp({ platform, tokens }: Caller, name: string | undefined): AppRecord | null {
  const app = name === undefined ? undefined : platform.store.app(name);
  return app && tokens.some((token) => reachesApp(token, app, false)) ? app : null;
}

function regionObject({ code, name, latitude, longitude, gateway }: Region) {
  return { code, name, latitude, longitude, gatewayAvailable: gateway, requiresPaidPlan: false, deprecated: false };
}
