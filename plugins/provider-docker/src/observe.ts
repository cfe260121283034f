import * as core from '@sindri/core';
import * as docker from '@sindri/docker-engine';
import { resolveImage } from '@sindri/image-contract';
import { readSecrets } from './inside.js';
import { labelOf, namesOf, settingsIn, type Settings } from './settings.js';
import type { Spec } from './options.js';
import type { ContainerData, Resource, Seen, VolumeData } from './shapes.js';
import { sortWorld, type World } from './world.js';

export async function observeDocker(
  engine: docker.Engine,
  spec: Spec,
  context: core.OperationContext,
  { purpose }: core.ObserveRequest = {},
): Promise<Seen> {
  const names = namesOf(spec.name);
  const look = purpose === 'summary' ? docker.findContainerInUse : docker.findContainer;
  const reference = purpose === 'summary' ? '' : resolveImage(spec).reference;
  const { container, volumes, network, image } = await core.settleLooks(
    {
      container: requireFilled(engine, look(engine, names.container), context),
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
    core.makeResource(
      { id: 'container', type: 'container', name: names.container },
      container,
      (there) => there && { owned: isOurs(there.labels, spec.name), data: containerData(there) },
    ),
    ...core.makeResources(home, volumes, (list) => volumesIn(list, names.volume, spec.name, used)),
    core.makeResource({ id: 'network', type: 'network', name: names.network }, network, (there) => {
      const owned = isOurs(there?.Labels, spec.name) || used?.network === 'bridge';
      return there && { owned, data: { network: there.Name } };
    }),
  ];
  const imageId = image.status === 'fulfilled' ? (image.value?.id ?? null) : null;
  return core.makeObservation(spec, 'docker', context, resources, {
    reference,
    image: imageId,
    isPodman: engine.isPodman,
  });
}

/** As far as a summary needs it. */
export async function worldOf(engine: docker.Engine, spec: Spec, context: core.OperationContext): Promise<World> {
  return sortWorld(await observeDocker(engine, spec, context, { purpose: 'summary' }));
}

export function isOurs(found: Readonly<Record<string, string>> | null | undefined, environment: string): boolean {
  return found?.[labelOf('environment')] === environment;
}

function volumesIn(list: readonly docker.ListedVolume[], first: string, environment: string, used: Settings | null) {
  const ours = list.filter(({ name, labels: mark }) => name === first || isOurs(mark, environment));
  return ours.map((volume) => {
    const { name, labels: mark } = volume;
    const role = (['snapshot', 'secrets'] as const).find((one) => one === mark[labelOf('role')]) ?? 'home';
    const owned = isOurs(mark, environment) || name === used?.volume;
    const kept = role === 'secrets' ? (JSON.parse(mark[labelOf('secrets')] ?? '{}') as VolumeData['kept']) : {};
    const data: VolumeData = { role, kept, ...docker.volumeFacts(volume, labelOf) };
    return { type: role === 'home' ? 'volume' : role, name, owned, data };
  });
}

/** A container, not `asleep` without its secrets in it: whoever was cut off before has left half of it. */
export async function requireFilled(
  engine: docker.Engine,
  looked: Promise<docker.ContainerFacts | null>,
  context: core.OperationContext,
): Promise<docker.ContainerFacts | null> {
  const found = await looked;
  if (found === null) return found;
  const { asleep, started, settings } = containerData(found);
  if (!asleep || started || Object.keys(settings?.secrets ?? {}).length === 0) return found;
  if ((await readSecrets(engine, found.id, context)).text !== '') return found;
  return { ...found, labels: { ...found.labels, [labelOf('asleep')]: 'half' } };
}

/** A container of ours, or one with our name. */
export function containerData({ labels: found, limits, ...facts }: docker.ContainerFacts): ContainerData {
  return { ...facts, asleep: found[labelOf('asleep')] === 'true', settings: settingsIn({ labels: found, limits }) };
}
