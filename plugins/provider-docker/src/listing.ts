import { makeListing, type EnvironmentListing, type OperationContext, type VolumeSnapshot } from '@sindri/core';
import type { Engine, Labelled, ListedContainer } from '@sindri/docker-engine';
import { markFilter, observeDocker } from './observe.js';
import { labels, namesOf } from './settings.js';
import type { Resource, Spec, VolumeData } from './shapes.js';
import { summarizeDocker } from './summarize.js';

/** Every environment of the engine that carries our mark. */
export async function listEnvironments(engine: Engine, context: OperationContext): Promise<EnvironmentListing> {
  const [containers, { Volumes }] = await Promise.all([
    engine.call<ListedContainer[]>('GET', '/containers/json', { query: { all: true, ...markFilter() } }),
    engine.call<{ Volumes: Labelled[] | null }>('GET', '/volumes', { query: markFilter() }),
  ]);
  const names = [...containers, ...(Volumes ?? [])].map(({ Labels }) => Labels?.[labels.environment] ?? '');
  return makeListing(
    names,
    (name) => namesOf(name).container,
    async (name) => {
      // A summary needs no more of a spec than its name.
      const spec = { name } as Spec;
      return summarizeDocker(spec, await observeDocker(engine, spec, context, { purpose: 'summary' }));
    },
  );
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
