import * as core from '@sindri/core';
import { failureOf, labelValues, timesOf, type Engine } from '@sindri/docker-engine';
import { developerUser, sshPort } from '@sindri/image-contract';
import { observeDocker } from './observe.js';
import type { Spec } from './options.js';
import type { Seen } from './shapes.js';
import { labelOf, namesOf } from './settings.js';
import { sortWorld, stateOf, type World } from './world.js';

export function summarizeDocker(spec: Spec, observation: Seen): core.EnvironmentSummary {
  const world = sortWorld(observation);
  const { container, home, formerHomes, snapshots, stores } = world;
  const data = container.owned ? container.data : undefined;
  const state = data === undefined ? stateWithoutContainer(world) : stateOf(data);
  const published = state === 'running' ? Object.entries(data?.published ?? {}) : [];
  const left = [...(state === 'absent' ? [home, ...snapshots, ...stores] : []), ...formerHomes];
  const kept = left.filter(core.isOwn).map(({ type, name }) => `${type} ${name}`);
  return core.makeSummary({
    environment: spec.name,
    provider: 'docker',
    state,
    platformState: data?.status ?? null,
    ...(data !== undefined && state === 'failed' ? { stateReason: failureOf(data) } : {}),
    image: data?.settings?.image ?? null,
    addresses: published.map(([inside, { host: value, port }]) =>
      inside === `${sshPort}/tcp`
        ? { type: 'ssh', value, port, note: `user ${developerUser}` }
        : { type: 'external', value, port, note: `port ${inside} inside` },
    ),
    ...(data === undefined ? {} : { timestamps: timesOf(data) }),
    resources: { memoryMb: data?.settings?.memoryMb ?? null, cpus: data?.settings?.cpus ?? null, volumeGb: null },
    usage: { volume: null, memory: data?.memory ?? null, month: null },
    cost: core.freeOfCharge,
    ...(kept.length === 0 ? {} : { kept }),
    volumes: [home, ...formerHomes].filter(core.isOwn).map(({ name, data: volume }) => ({
      ...{ id: name, name, sizeGb: null, used: null, region: null, createdAt: volume?.createdAt ?? null },
      usedBy: data?.settings?.volume === name ? container.name : null,
      problem: volume?.copy === 'failed' ? 'its copy was not made to the end' : null,
    })),
    details:
      data === undefined ? {} : { container: container.name, id: data.id, imageId: data.imageId, volume: home.name },
  });
}

/** What people are told about it now. */
export async function lookAt(engine: Engine, spec: Spec, context: core.OperationContext) {
  return summarizeDocker(spec, await observeDocker(engine, spec, context, { purpose: 'summary' }));
}

function stateWithoutContainer({ container, network, home, formerHomes, isWhole }: World): core.EnvironmentState {
  // Somebody else's container is not this environment.
  if (container.status === 'unobserved' || !isWhole) return 'unknown';
  const isHalf = core.isOwn(network) || formerHomes.some(({ data }) => data?.copy === 'running');
  return isHalf && home.owned !== false ? 'incomplete' : 'absent';
}

/** Every environment of the engine that carries our mark. */
export async function listEnvironments(
  engine: Engine,
  context: core.OperationContext,
): Promise<core.EnvironmentListing> {
  const names = await labelValues(engine, labelOf('environment'));
  // A summary needs no more of a spec than its name.
  const look = (name: string) => lookAt(engine, { name } as Spec, context);
  return core.makeListing(names, (name) => namesOf(name).container, look);
}
