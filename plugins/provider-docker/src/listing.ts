import { makeListing, makeSnapshots } from '@sindri/core';
import type { EnvironmentListing, OperationContext, VolumeSnapshot } from '@sindri/core';
import { labelValues, type Engine } from '@sindri/docker-engine';
import { observeDocker } from './observe.js';
import { labelOf, namesOf } from './settings.js';
import type { Spec } from './shapes.js';
import { summarizeDocker } from './summarize.js';
import { sortWorld } from './world.js';

/** Every environment of the engine that carries our mark. */
export async function listEnvironments(engine: Engine, context: OperationContext): Promise<EnvironmentListing> {
  const names = await labelValues(engine, labelOf('environment'));
  const look = async (name: string) => {
    // A summary needs no more of a spec than its name.
    const spec = { name } as Spec;
    return summarizeDocker(spec, await observeDocker(engine, spec, context, { purpose: 'summary' }));
  };
  return makeListing(names, (name) => namesOf(name).container, look);
}

export async function listSnapshots(engine: Engine, spec: Spec, context: OperationContext): Promise<VolumeSnapshot[]> {
  const { snapshots } = sortWorld(await observeDocker(engine, spec, context, { purpose: 'summary' }));
  const states = { whole: 'ready', running: 'pending', failed: 'failed' } as const;
  return makeSnapshots(
    snapshots.map(({ name, data }) => ({
      id: name,
      volume: data?.of ?? '',
      createdAt: data?.createdAt ?? null,
      state: states[data?.copy ?? 'failed'],
    })),
  );
}
