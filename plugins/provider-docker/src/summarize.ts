import { isOwn, makeSummary, type EnvironmentState, type EnvironmentSummary } from '@sindri/core';
import { developerUser, sshPort } from '@sindri/image-contract';
import { freeOfCharge } from './plan.js';
import type { ContainerData, Seen, Spec } from './shapes.js';
import { sortWorld, stateOf, type World } from './world.js';

export function summarizeDocker(spec: Spec, observation: Seen): EnvironmentSummary {
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

function stateWithoutContainer({ container, network, home, formerHomes, isWhole }: World): EnvironmentState {
  // Somebody else's container is not this environment.
  if (container.status === 'unobserved' || !isWhole) return 'unknown';
  const isHalf = isOwn(network) || formerHomes.some(({ data }) => data?.copy === 'running');
  return isHalf && home.owned !== false ? 'incomplete' : 'absent';
}

/** Why it has failed. */
function reasonOf({ exitCode, trouble }: ContainerData): string {
  return trouble === '' ? `Its process ended by itself with ${exitCode}.` : `It does not run: ${trouble}.`;
}
