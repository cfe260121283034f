import {
  makeObservation,
  makeResource,
  makeResources,
  settleLooks,
  type ObserveRequest,
  type OperationContext,
} from '@sindri/core';
import * as docker from '@sindri/docker-engine';
import { resolveImage } from '@sindri/image-contract';
import { labelOf, namesOf, settingsIn, type Settings } from './settings.js';
import type { ContainerData, Resource, Seen, Spec, VolumeData } from './shapes.js';

export async function observeDocker(
  engine: docker.Engine,
  spec: Spec,
  context: OperationContext,
  { purpose }: ObserveRequest = {},
): Promise<Seen> {
  const names = namesOf(spec.name);
  const look = purpose === 'summary' ? docker.findContainerInUse : docker.findContainer;
  const reference = purpose === 'summary' ? '' : resolveImage(spec).reference;
  const { container, volumes, network, image } = await settleLooks(
    {
      container: look(engine, names.container),
      volumes: docker.listVolumes(engine, names.container),
      network: docker.findNetwork(engine, names.network),
      image: reference === '' ? null : docker.findImage(engine, reference),
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
      (there) => there && { owned: isOurs(there.labels, spec.name), data: containerData(there) },
    ),
    ...makeResources(home, volumes, (list) => volumesIn(list, names.volume, spec.name, used)),
    makeResource({ id: 'network', type: 'network', name: names.network }, network, (there) => {
      const owned = isOurs(there?.Labels, spec.name) || used?.network === 'bridge';
      return there && { owned, data: { network: there.Name } };
    }),
  ];
  const imageId = image.status === 'fulfilled' ? (image.value?.id ?? null) : null;
  return makeObservation(spec, 'docker', context, resources, { reference, image: imageId, isPodman: engine.isPodman });
}

export function isOurs(found: Readonly<Record<string, string>> | null | undefined, environment: string): boolean {
  return found?.[labelOf('environment')] === environment;
}

function volumesIn(list: readonly docker.ListedVolume[], first: string, environment: string, used: Settings | null) {
  const ours = list.filter(({ name, labels: mark }) => name === first || isOurs(mark, environment));
  return ours.map(({ name, labels: mark, createdAt, copy }) => {
    const isSnapshot = mark[labelOf('role')] === 'snapshot';
    const owned = isOurs(mark, environment) || name === used?.volume;
    const generation = Number(mark[labelOf('generation')] ?? 1);
    const of = mark[labelOf('of')] ?? null;
    const data: VolumeData = { role: isSnapshot ? 'snapshot' : 'home', generation, of, copy, createdAt };
    return { type: isSnapshot ? 'snapshot' : 'volume', name, owned, data };
  });
}

/** A container of ours, or one with our name. */
export function containerData({ labels: found, limits, ...facts }: docker.ContainerFacts): ContainerData {
  return { ...facts, asleep: found[labelOf('asleep')] === 'true', settings: settingsIn({ labels: found, limits }) };
}
