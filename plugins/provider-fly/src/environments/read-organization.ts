import type { OperationContext } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import type { InApp, Listed } from '../api/organizations.js';
import type { WireApp, WireMachine, WireVolume } from '../api/types.js';
import { attempt, type Read } from '../attempt.js';

/** Everything of one organization, as one look shows it. */
export interface OrganizationView {
  apps: WireApp[];
  /** The living machines of an app. */
  machinesOf(app: WireApp): Promise<Read<WireMachine[]>>;
  /** The volumes of an app. */
  volumesOf(app: WireApp): Promise<Read<WireVolume[]>>;
  /** What is missing in the lists, one sentence each. */
  gaps: string[];
}

/**
 * Reads apps, machines and volumes of an organization in three requests that go out together. The list of machines and that of volumes
 * may be behind, be refused, or not end: an app of which they show less than the app itself counts, or that counts nothing, is asked for its own. Rejects when the apps
 * cannot be listed.
 */
export async function readOrganization(
  api: FlyApi,
  organization: string,
  { signal }: Pick<OperationContext, 'signal'>,
): Promise<OrganizationView> {
  const [apps, machines, volumes] = await Promise.all([
    api.organizations.apps(organization),
    attempt(api.organizations.machines(organization)),
    attempt(api.organizations.volumes(organization)),
  ]);
  signal.throwIfAborted();
  const machinesByApp = groupByApp(machines);
  const volumesByApp = groupByApp(volumes);
  const silent = machines.ok ? machines.value.errorRegions : [];
  return {
    apps: apps.items.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    async machinesOf(app) {
      const listed = (machinesByApp?.get(app.name) ?? []).filter(({ state }) => state !== 'destroyed');
      if (machinesByApp !== null && listed.length >= (app.machine_count ?? Infinity))
        return { ok: true, value: listed };
      return attempt(api.machines.list(app.name));
    },
    async volumesOf(app) {
      const listed = volumesByApp?.get(app.name) ?? [];
      if (volumesByApp !== null && listed.length >= (app.volume_count ?? Infinity)) return { ok: true, value: listed };
      return attempt(api.volumes.list(app.name));
    },
    gaps: [
      ...(silent.length === 0 ? [] : [`Fly could not read the machines of ${organization} in ${silent.join(', ')}.`]),
      ...(apps.isWhole
        ? []
        : [`Fly's list of the apps of ${organization} did not come to its end: some may be missing.`]),
    ],
  };
}

/** `null` where nothing follows from what is not in the list. */
function groupByApp<T>(read: Read<Listed<InApp<T>>>): Map<string, InApp<T>[]> | null {
  if (!read.ok || !read.value.isWhole) return null;
  const groups = new Map<string, InApp<T>[]>();
  for (const item of read.value.items) {
    const group = groups.get(item.app_name);
    if (group === undefined) groups.set(item.app_name, [item]);
    else group.push(item);
  }
  return groups;
}
