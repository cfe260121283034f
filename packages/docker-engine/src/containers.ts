import type { OperationContext } from '@sindri/core';
import { ignoreAbsent, ignoreConflict, type Engine } from './client.js';

/** The trouble of a container whose memory did not suffice. */
export const OUT_OF_MEMORY = 'it ran out of memory';
/** How long a process may take to end, in seconds. */
export const STOP_SECONDS = 10;
/** How often a name that is just going away is asked for again. */
const TRIES = 50;
const PAUSE_MS = 100;

/** What of `GET /containers/{name}/json` counts. */
interface WireContainer {
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
  Config: { Labels: Record<string, string> | null };
  HostConfig: { Memory?: number; NanoCpus?: number; RestartPolicy?: { Name: string } };
  NetworkSettings: { Ports?: Record<string, { HostIp: string; HostPort: string }[] | null> | null };
}

/** A container, as it is now. */
export interface ContainerFacts {
  id: string;
  labels: Record<string, string>;
  /** The engine's word: `running`, `exited`, `created`, … */
  status: string;
  /** Whether its process has ever run. */
  started: boolean;
  exitCode: number;
  /** Why it could not be started, or `out of memory`; empty when nothing is known. */
  trouble: string;
  imageId: string;
  createdAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  /** What it is limited to, `null` when to nothing. */
  limits: { memoryMb: number | null; cpus: number | null; restart: string };
  /** By `2222/tcp`: where it is published now. */
  published: Record<string, { host: string; port: number }>;
  /** What it uses now; `null` when nobody knows, absent when nobody has asked. */
  memory?: UsedMemory | null;
}

/** In bytes. */
export interface UsedMemory {
  usedBytes: number;
  totalBytes: number;
}

/** A line of `GET /containers/json`. */
export interface ListedContainer {
  Id: string;
  Names: string[];
  State: string;
  Status: string;
  Created: number;
  Labels: Record<string, string>;
  /** Those of volumes have the name of theirs. */
  Mounts?: readonly { Name?: string }[];
}

/** A line of `GET /volumes` and of `GET /networks`. */
export interface Labelled {
  Name: string;
  Labels: Record<string, string> | null;
  CreatedAt?: string;
}

/** `null` when there is no such container. */
export async function findContainer(engine: Engine, nameOrId: string): Promise<ContainerFacts | null> {
  const wire = await engine.find<WireContainer>(`/containers/${nameOrId}/json`);
  return wire && factsOf(wire);
}

/** The values that a label has, of containers and of volumes. */
export async function labelValues(engine: Engine, label: string): Promise<string[]> {
  const filters = { label: [label] };
  const [containers, { Volumes }] = await Promise.all([
    engine.call<ListedContainer[]>('GET', '/containers/json', { query: { all: true, filters } }),
    engine.call<{ Volumes: Labelled[] | null }>('GET', '/volumes', { query: { filters } }),
  ]);
  return [...new Set([...containers, ...(Volumes ?? [])].map(({ Labels }) => Labels?.[label] ?? ''))];
}

/** The network of that name, `null` when there is none. */
export async function findNetwork(engine: Engine, name: string): Promise<Labelled | null> {
  const list = await engine.call<Labelled[]>('GET', '/networks', { query: { filters: { name: [name] } } });
  return list.find(({ Name }) => Name === name) ?? null;
}

function factsOf({ Id, Image, Created, State, Config, HostConfig, NetworkSettings }: WireContainer): ContainerFacts {
  const ports = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([inside, bindings]) => {
    const [binding] = bindings ?? [];
    return binding === undefined ? [] : [[inside, { host: binding.HostIp, port: Number(binding.HostPort) }] as const];
  });
  return {
    id: Id,
    labels: Config.Labels ?? {},
    status: State.Status,
    started: toIso(State.StartedAt) !== null,
    exitCode: State.ExitCode,
    trouble: State.OOMKilled ? OUT_OF_MEMORY : State.Error,
    imageId: Image,
    createdAt: toIso(Created),
    startedAt: toIso(State.StartedAt),
    finishedAt: toIso(State.FinishedAt),
    limits: {
      memoryMb: HostConfig.Memory ? HostConfig.Memory / 1024 ** 2 : null,
      cpus: HostConfig.NanoCpus ? HostConfig.NanoCpus / 1e9 : null,
      restart: HostConfig.RestartPolicy?.Name || 'no',
    },
    published: Object.fromEntries(ports),
  };
}

/** Docker's zero time means never. */
export function toIso(time: string | undefined): string | null {
  const at = Date.parse(time ?? '');
  return at > 0 ? new Date(at).toISOString() : null;
}

/** The network of that name, made when there is none. `made` is false when it was there, whoever made it. */
export async function ensureNetwork(
  engine: Engine,
  name: string,
  labels: Record<string, string>,
): Promise<Labelled & { made: boolean }> {
  const before = await findNetwork(engine, name);
  if (before !== null) return { ...before, made: false };
  const json = { Name: name, CheckDuplicate: true, Labels: labels };
  await engine.call('POST', '/networks/create', { json }).catch(ignoreConflict);
  const after = await findNetwork(engine, name);
  return { Name: name, Labels: after?.Labels ?? null, made: true };
}

/** Deletes what has this path; nothing to do is a success. */
export async function remove(engine: Engine, path: string): Promise<void> {
  await engine.call('DELETE', path).catch(ignoreAbsent);
}

/** Stops a container and deletes it, and returns when it is gone; nothing to do is a success. */
export async function removeContainer(
  engine: Engine,
  id: string,
  { clock, signal }: Pick<OperationContext, 'clock' | 'signal'>,
): Promise<void> {
  const path = `/containers/${id}`;
  if ((await findContainer(engine, id)) === null) return;
  await engine.call('POST', `${path}/stop`, { query: { t: STOP_SECONDS } }).catch(ignoreAbsent);
  const query = { v: true, force: true };
  await engine.call('DELETE', path, { query }).catch(ignoreAbsent).catch(ignoreConflict);
  // Somebody else may have been about to remove it.
  for (let tries = 1; tries < TRIES && (await findContainer(engine, id)) !== null; tries++)
    await clock.sleep(PAUSE_MS, signal);
}
