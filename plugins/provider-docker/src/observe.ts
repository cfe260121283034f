import { isSindriError, type ObserveRequest, type OperationContext } from '@sindri/core';
import { resolveImage } from '@sindri/image-contract';
import type { Engine } from './engine/client.js';
import { labels, namesOf, type Settings } from './settings.js';
import type { ContainerData, Resource, Seen, Spec, VolumeData } from './shapes.js';

/** What of `GET /containers/{name}/json` counts. */
export interface WireContainer {
  Id: string;
  Image: string;
  Created: string;
  State: {
    Status: string;
    ExitCode: number;
    Error: string;
    OOMKilled: boolean;
    StartedAt: string;
    FinishedAt: string;
  };
  Config: { Labels: Record<string, string> | null; Image: string };
  HostConfig: { Memory?: number; NanoCpus?: number; RestartPolicy?: { Name: string } };
  NetworkSettings: { Ports?: Record<string, { HostIp: string; HostPort: string }[] | null> | null };
}

/** A line of `GET /containers/json`. */
export interface ListedContainer {
  Id: string;
  Names: string[];
  State: string;
  Status: string;
  Created: number;
  Labels: Record<string, string>;
}

/** A line of `GET /volumes` and of `GET /networks`. */
export interface Labelled {
  Name: string;
  Labels: Record<string, string> | null;
  CreatedAt?: string;
}

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
    engine.find<WireContainer>(`/containers/${names.container}/json`),
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
    look('container', 'container', names.container, container, (wire) => ({
      owned: isOurs(wire?.Config.Labels, spec.name),
      data: wire === null ? null : containerData(wire),
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
function mountedBy(container: PromiseSettledResult<WireContainer | null>): string | null {
  const wire = container.status === 'fulfilled' ? container.value : null;
  return wire === null ? null : (containerData(wire).settings?.volume ?? null);
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

export function containerData({
  Id,
  Image,
  Created,
  State,
  Config,
  HostConfig,
  NetworkSettings,
}: WireContainer): ContainerData {
  const ports = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([inside, bindings]) => {
    const [binding] = bindings ?? [];
    return binding === undefined ? [] : [[inside, { host: binding.HostIp, port: Number(binding.HostPort) }] as const];
  });
  const made = readSettings(Config.Labels?.[labels.settings]);
  return {
    id: Id,
    status: State.Status,
    started: toIso(State.StartedAt) !== null,
    asleep: Config.Labels?.[labels.asleep] === 'true',
    exitCode: State.ExitCode,
    trouble: State.OOMKilled ? 'it ran out of memory' : State.Error,
    settings: made && {
      ...made,
      memoryMb: HostConfig.Memory ? HostConfig.Memory / 1024 ** 2 : null,
      cpus: HostConfig.NanoCpus ? HostConfig.NanoCpus / 1e9 : null,
      restart: HostConfig.RestartPolicy?.Name || 'no',
    },
    imageId: Image,
    createdAt: toIso(Created),
    startedAt: toIso(State.StartedAt),
    finishedAt: toIso(State.FinishedAt),
    published: Object.fromEntries(ports),
  };
}

function readSettings(text: string | undefined): Settings | null {
  try {
    return text === undefined ? null : (JSON.parse(text) as Settings);
  } catch {
    return null;
  }
}

/** Docker's zero time means never. */
export function toIso(time: string | undefined): string | null {
  const at = Date.parse(time ?? '');
  return at > 0 ? new Date(at).toISOString() : null;
}
