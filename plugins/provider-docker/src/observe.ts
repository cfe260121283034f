import { makeResource, type ObserveRequest, type OperationContext } from '@sindri/core';
import {
  findContainer,
  toIso,
  type ContainerFacts,
  type Engine,
  type Labelled,
  type ListedContainer,
} from '@sindri/docker-engine';
import { resolveImage } from '@sindri/image-contract';
import { labels, namesOf, settingsIn, type Settings } from './settings.js';
import type { ContainerData, Resource, Seen, Spec, VolumeData } from './shapes.js';

/** A filter for everything with the mark, of one environment or of all. */
export function markFilter(environment?: string): { filters: { label: string[] } } {
  return {
    filters: { label: [environment === undefined ? labels.environment : `${labels.environment}=${environment}`] },
  };
}

export async function observeDocker(
  engine: Engine,
  spec: Spec,
  context: OperationContext,
  request?: ObserveRequest,
): Promise<Seen> {
  const names = namesOf(spec.name);
  const named = { query: { filters: { name: [names.container] } } };
  const reference = resolveImage(spec).reference;
  const looks = [
    findContainer(engine, names.container),
    engine.call<{ Volumes: Labelled[] | null }>('GET', '/volumes', named),
    engine.call<Labelled[]>('GET', '/networks', named),
    engine.call<ListedContainer[]>('GET', '/containers/json', { query: { all: true, ...markFilter(spec.name) } }),
    request?.purpose === 'summary' || reference === ''
      ? null
      : engine.find<{ Id: string }>(`/images/${reference}/json`),
  ] as const;
  const [container, volumes, networks, helpers, image] = await Promise.allSettled(looks);
  context.signal.throwIfAborted();
  // When not even one question was answered there is nothing to observe.
  if (container.status === 'rejected' && volumes.status === 'rejected') throw container.reason;
  const used = container.status === 'fulfilled' ? usedBy(container.value, spec.name) : null;

  const resources: Resource[] = [
    makeResource(
      { id: 'container', type: 'container', name: names.container },
      container,
      (found) => found && { owned: isOurs(found.labels, spec.name), data: containerData(found) },
    ),
    ...volumeResources(spec.name, names.volume, volumes, helpers, used),
    makeResource({ id: 'network', type: 'network', name: names.network }, networks, (list) => {
      const found = list.find(({ Name }) => Name === names.network);
      if (found === undefined) return null;
      return { owned: isOurs(found.Labels, spec.name) || used?.network === 'bridge', data: { network: found.Name } };
    }),
  ];
  return {
    environment: spec.name,
    provider: 'docker',
    observedAt: new Date(context.clock.now()).toISOString(),
    resources,
    facts: {
      reference,
      image: image.status === 'fulfilled' ? (image.value?.Id ?? null) : null,
      isPodman: engine.isPodman,
    },
  };
}

export function isOurs(found: Record<string, string> | null | undefined, environment: string): boolean {
  return found?.[labels.environment] === environment;
}

/** What was taken over has no label, but our container is made from it. */
function usedBy(found: ContainerFacts | null, environment: string): Settings | null {
  return found !== null && isOurs(found.labels, environment) ? settingsIn(found) : null;
}

function volumeResources(
  environment: string,
  first: string,
  volumes: PromiseSettledResult<{ Volumes: Labelled[] | null }>,
  helpers: PromiseSettledResult<ListedContainer[]>,
  used: Settings | null,
): Resource[] {
  if (volumes.status === 'rejected' || helpers.status === 'rejected') {
    const failed = (volumes.status === 'rejected' ? volumes : helpers) as PromiseRejectedResult;
    return [makeResource({ id: `volume:${first}`, type: 'volume', name: first }, failed, () => null)];
  }
  const list = volumes.value.Volumes ?? [];
  const copies = new Map(helpers.value.map((helper) => [helper.Labels[labels.of], helper]));
  const ours = list.filter(({ Name, Labels }) => Name === first || isOurs(Labels, environment));
  const found = ours.map((volume): Resource<VolumeData> => {
    const { Name: name, Labels } = volume;
    const role = Labels?.[labels.role] === 'snapshot' ? 'snapshot' : 'home';
    const type = role === 'home' ? 'volume' : 'snapshot';
    const data = volumeData(volume, role, copies.get(name));
    return {
      id: `${type}:${name}`,
      type,
      name,
      status: 'present',
      owned: isOurs(Labels, environment) || name === used?.volume,
      data,
    };
  });
  found.sort((a, b) => (a.id < b.id ? -1 : 1));
  const isThere = found.some(({ data }) => data?.role === 'home');
  return isThere ? found : [{ id: `volume:${first}`, type: 'volume', name: first, status: 'absent' }, ...found];
}

function volumeData(
  { Labels, CreatedAt }: Labelled,
  role: VolumeData['role'],
  copying: ListedContainer | undefined,
): VolumeData {
  const isWhole = copying === undefined || /^Exited \(0\)/.test(copying.Status);
  return {
    role,
    generation: Number(Labels?.[labels.generation] ?? 1),
    of: Labels?.[labels.of] ?? null,
    copy: isWhole ? 'whole' : copying.State === 'running' ? 'running' : 'failed',
    createdAt: toIso(CreatedAt),
  };
}

/** A container of ours, or one with our name. */
export function containerData({ labels: found, limits, ...facts }: ContainerFacts): ContainerData {
  return { ...facts, asleep: found[labels.asleep] === 'true', settings: settingsIn({ labels: found, limits }) };
}
