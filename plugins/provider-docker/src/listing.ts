import type { EnvironmentListing, ListedEnvironment, VolumeSnapshot } from '@sindri/core';
import { findContainer, toIso, type Engine, type Labelled, type ListedContainer } from '@sindri/docker-engine';
import { containerData, markFilter } from './observe.js';
import { labels, namesOf } from './settings.js';
import type { Resource, VolumeData } from './shapes.js';
import { stateOf } from './world.js';

/** Every environment of the engine that carries our mark. */
export async function listEnvironments(engine: Engine): Promise<EnvironmentListing> {
  const [containers, { Volumes }] = await Promise.all([
    engine.call<ListedContainer[]>('GET', '/containers/json', { query: { all: true, ...markFilter() } }),
    engine.call<{ Volumes: Labelled[] | null }>('GET', '/volumes', { query: markFilter() }),
  ]);
  const volumes = Volumes ?? [];
  const nameOf = ({ Labels }: { Labels: Record<string, string> | null }) => Labels?.[labels.environment] ?? '';
  const names = new Set([...containers, ...volumes].map(nameOf));
  const environments = await Promise.all(
    [...names].sort().map(async (name): Promise<ListedEnvironment> => {
      const platformName = namesOf(name).container;
      const found = await findContainer(engine, platformName);
      const data = found && containerData(found);
      const own = volumes.filter((volume) => nameOf(volume) === name && volume.Name !== data?.settings?.volume);
      return {
        name,
        platformName,
        state: data ? stateOf(data) : 'absent',
        region: null,
        resources: { memoryMb: data?.settings?.memoryMb ?? null, cpus: data?.settings?.cpus ?? null, volumeGb: null },
        monthlyCost: { currency: 'USD', running: 0, idle: 0 },
        owner: null,
        createdAt: data?.createdAt ?? toIso(own[0]?.CreatedAt),
        orphans: own
          .filter(({ Labels }) => Labels?.[labels.role] !== 'snapshot')
          .map(({ Name }) => `volume ${Name}, which nothing uses`),
      };
    }),
  );
  return { environments, unobserved: [] };
}

/** Newest first. */
export function snapshotsOf(snapshots: readonly Resource<VolumeData>[]): VolumeSnapshot[] {
  const states = { whole: 'ready', running: 'pending', failed: 'failed' } as const;
  const found = snapshots.map(({ name, data }): VolumeSnapshot => ({
    id: name,
    volume: data?.of ?? '',
    createdAt: data?.createdAt ?? null,
    sizeGb: null,
    state: states[data?.copy ?? 'failed'],
    expiresAt: null,
  }));
  return found.sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1));
}
