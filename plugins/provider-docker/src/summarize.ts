import { freeOfCharge, isOwn, makeListing, makeSnapshots, makeSummary } from '@sindri/core';
import type * as core from '@sindri/core';
import { labelValues, type Engine } from '@sindri/docker-engine';
import { developerUser, sshPort } from '@sindri/image-contract';
import { observeDocker } from './observe.js';
import type { ContainerData, Seen, Spec } from './shapes.js';
import { labelOf, namesOf } from './settings.js';
import { sortWorld, stateOf, type World } from './world.js';

export function summarizeDocker(spec: Spec, observation: Seen): core.EnvironmentSummary {
  const world = sortWorld(observation);
  const { container, home, formerHomes, snapshots } = world;
  const data = container.owned ? container.data : undefined;
  const state = data === undefined ? stateWithoutContainer(world) : stateOf(data);
  const published = state === 'running' ? Object.entries(data?.published ?? {}) : [];
  const left = [...(state === 'absent' ? [home, ...snapshots] : []), ...formerHomes];
  const kept = left.filter(isOwn).map(({ type, name }) => `${type} ${name}`);
  return makeSummary({
    environment: spec.name,
    provider: 'docker',
    state,
    platformState: data?.status ?? null,
    ...(data !== undefined && state === 'failed' ? { stateReason: reasonOf(data) } : {}),
    image: data?.settings?.image ?? null,
    addresses: published.map(([inside, { host, port }]) => ({
      type: inside === `${sshPort}/tcp` ? 'ssh' : 'external',
      value: host,
      port,
      note: inside === `${sshPort}/tcp` ? `user ${developerUser}` : `port ${inside} inside`,
    })),
    timestamps: {
      createdAt: data?.createdAt ?? null,
      startedAt: data?.startedAt ?? null,
      stoppedAt: state === 'stopped' || state === 'failed' ? (data?.finishedAt ?? null) : null,
      updatedAt: data?.createdAt ?? null,
    },
    resources: { memoryMb: data?.settings?.memoryMb ?? null, cpus: data?.settings?.cpus ?? null, volumeGb: null },
    usage: { volume: null, memory: data?.memory ?? null, month: null },
    cost: freeOfCharge,
    ...(kept.length === 0 ? {} : { kept }),
    details:
      data === undefined ? {} : { container: container.name, id: data.id, imageId: data.imageId, volume: home.name },
  });
}

function stateWithoutContainer({ container, network, home, formerHomes, isWhole }: World): core.EnvironmentState {
  // Somebody else's container is not this environment.
  if (container.status === 'unobserved' || !isWhole) return 'unknown';
  const isHalf = isOwn(network) || formerHomes.some(({ data }) => data?.copy === 'running');
  return isHalf && home.owned !== false ? 'incomplete' : 'absent';
}

/** Why it has failed. */
function reasonOf({ exitCode, trouble }: ContainerData): string {
  return trouble === '' ? `Its process ended by itself with ${exitCode}.` : `It does not run: ${trouble}.`;
}

/** Every environment of the engine that carries our mark. */
export async function listEnvironments(
  engine: Engine,
  context: core.OperationContext,
): Promise<core.EnvironmentListing> {
  const names = await labelValues(engine, labelOf('environment'));
  const look = async (name: string) => {
    // A summary needs no more of a spec than its name.
    const spec = { name } as Spec;
    return summarizeDocker(spec, await observeDocker(engine, spec, context, { purpose: 'summary' }));
  };
  return makeListing(names, (name) => namesOf(name).container, look);
}

export async function listSnapshots(
  engine: Engine,
  spec: Spec,
  context: core.OperationContext,
): Promise<core.VolumeSnapshot[]> {
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
