import { isSindriError, type ObserveRequest, type OperationContext } from '@sindri/core';
import {
  findContainer,
  toIso,
  type ContainerFacts,
  type Engine,
  type Labelled,
  type ListedContainer,
} from '@sindri/docker-engine';
import { resolveImage } from '@sindri/image-contract';
import { labels, namesOf, settingsIn } from './settings.js';
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

  const resources: Resource[] = [
    look('container', 'container', names.container, container, (found) => ({
      owned: isOurs(found?.labels, spec.name),
      data: found === null ? null : containerData(found),
    })),
    ...volumeResources(spec.name, names.volume, volumes, helpers, mountedBy(container)),
    look('network', 'network', names.network, networks, (list) => {
      const found = list.find(({ Name }) => Name === names.network);
      return { owned: isOurs(found?.Labels, spec.name), data: found === undefined ? null : { network: found.Name } };
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

/** A resource from an answer, or from the reason why there is none. */
function look<T>(
  id: string,
  type: string,
  name: string,
  answer: PromiseSettledResult<T>,
  read: (value: T) => { owned: boolean; data: Resource['data'] | null },
): Resource {
  if (answer.status === 'rejected') {
    const reason: unknown = answer.reason;
    return { id, type, name, status: 'unobserved', reason: isSindriError(reason) ? reason.message : String(reason) };
  }
  const { owned, data } = read(answer.value);
  return data === null || data === undefined
    ? { id, type, name, status: 'absent' }
    : { id, type, name, status: 'present', owned, data };
}

/** A volume that was taken over has no label, but our container has it as its home. */
function mountedBy(container: PromiseSettledResult<ContainerFacts | null>): string | null {
  const found = container.status === 'fulfilled' ? container.value : null;
  return found === null ? null : (settingsIn(found)?.volume ?? null);
}

function volumeResources(
  environment: string,
  first: string,
  volumes: PromiseSettledResult<{ Volumes: Labelled[] | null }>,
  helpers: PromiseSettledResult<ListedContainer[]>,
  mounted: string | null,
): Resource[] {
  if (volumes.status === 'rejected' || helpers.status === 'rejected') {
    const failed = (volumes.status === 'rejected' ? volumes : helpers) as PromiseRejectedResult;
    return [look(`volume:${first}`, 'volume', first, failed, () => ({ owned: false, data: null }))];
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
      owned: isOurs(Labels, environment) || name === mounted,
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
