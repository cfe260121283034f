import { makeObservation, makeResource, settleLooks, type ObserveRequest, type OperationContext } from '@sindri/core';
import {
  findContainer,
  readMemory,
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
  const label = environment === undefined ? labels.environment : `${labels.environment}=${environment}`;
  return { filters: { label: [label] } };
}

export async function observeDocker(
  engine: Engine,
  spec: Spec,
  context: OperationContext,
  { purpose }: ObserveRequest = {},
): Promise<Seen> {
  const names = namesOf(spec.name);
  const named = { query: { filters: { name: [names.container] } } };
  const reference = purpose === 'summary' ? '' : resolveImage(spec).reference;
  const helpers = { query: { all: true, ...markFilter(spec.name) } };
  const { container, volumes, networks, image } = await settleLooks(
    {
      container: lookAtContainer(engine, names.container, purpose === 'summary'),
      volumes: Promise.all([
        engine.call<{ Volumes: Labelled[] | null }>('GET', '/volumes', named),
        engine.call<ListedContainer[]>('GET', '/containers/json', helpers),
      ]),
      networks: engine.call<Labelled[]>('GET', '/networks', named),
      image: reference === '' ? null : engine.find<{ Id: string }>(`/images/${reference}/json`),
    },
    context,
  );
  const found = container.status === 'fulfilled' ? container.value : null;
  // What was taken over has no label, but our container is made from it.
  const used = found !== null && isOurs(found.labels, spec.name) ? settingsIn(found) : null;
  const home = { id: `volume:${names.volume}`, type: 'volume', name: names.volume };
  const resources: Resource[] = [
    makeResource(
      { id: 'container', type: 'container', name: names.container },
      container,
      (there) => there && { owned: isOurs(there.labels, spec.name), data: containerData(there, there.memory) },
    ),
    ...(volumes.status === 'rejected'
      ? [makeResource<unknown, VolumeData>(home, volumes, () => null)]
      : volumeResources(spec.name, home, volumes.value[0].Volumes ?? [], volumes.value[1], used)),
    makeResource({ id: 'network', type: 'network', name: names.network }, networks, (list) => {
      const there = list.find(({ Name }) => Name === names.network);
      if (there === undefined) return null;
      return { owned: isOurs(there.Labels, spec.name) || used?.network === 'bridge', data: { network: there.Name } };
    }),
  ];
  const imageId = image.status === 'fulfilled' ? (image.value?.Id ?? null) : null;
  return makeObservation(spec, 'docker', context, resources, { reference, image: imageId, isPodman: engine.isPodman });
}

async function lookAtContainer(
  engine: Engine,
  name: string,
  wantsMemory: boolean,
): Promise<(ContainerFacts & Pick<ContainerData, 'memory'>) | null> {
  const found = await findContainer(engine, name);
  if (found === null) return null;
  const asks = wantsMemory && found.status === 'running';
  return { ...found, memory: asks ? await readMemory(engine, found.id).catch(() => null) : null };
}

export function isOurs(found: Record<string, string> | null | undefined, environment: string): boolean {
  return found?.[labels.environment] === environment;
}

function volumeResources(
  environment: string,
  home: Pick<Resource, 'id' | 'type' | 'name'>,
  volumes: readonly Labelled[],
  helpers: readonly ListedContainer[],
  used: Settings | null,
): Resource[] {
  const copies = new Map(helpers.map((helper) => [helper.Labels[labels.of], helper]));
  const ours = volumes.filter(({ Name, Labels }) => Name === home.name || isOurs(Labels, environment));
  const found = ours.map((volume): Resource<VolumeData> => {
    const { Name: name, Labels } = volume;
    const data = volumeData(volume, copies.get(name));
    const type = data.role === 'home' ? 'volume' : 'snapshot';
    const owned = isOurs(Labels, environment) || name === used?.volume;
    return { id: `${type}:${name}`, type, name, status: 'present', owned, data };
  });
  found.sort((a, b) => (a.id < b.id ? -1 : 1));
  return found.some(({ type }) => type === 'volume') ? found : [{ ...home, status: 'absent' }, ...found];
}

function volumeData({ Labels, CreatedAt }: Labelled, copying: ListedContainer | undefined): VolumeData {
  const isWhole = copying === undefined || /^Exited \(0\)/.test(copying.Status);
  return {
    role: Labels?.[labels.role] === 'snapshot' ? 'snapshot' : 'home',
    generation: Number(Labels?.[labels.generation] ?? 1),
    of: Labels?.[labels.of] ?? null,
    copy: isWhole ? 'whole' : copying.State === 'running' ? 'running' : 'failed',
    createdAt: toIso(CreatedAt),
  };
}

/** A container of ours, or one with our name. */
export function containerData(
  { labels: found, limits, ...facts }: ContainerFacts,
  memory: ContainerData['memory'] = null,
): ContainerData {
  const asleep = found[labels.asleep] === 'true';
  return { ...facts, memory, asleep, settings: settingsIn({ labels: found, limits }) };
}
