import type { Engine } from './client.js';
import { findContainer, type ContainerFacts, type UsedMemory } from './containers.js';

/** What of `GET /containers/{id}/stats` counts. An engine without the cgroup tells nothing of it. */
interface WireStats {
  memory_stats?: { usage?: number; limit?: number; stats?: Record<string, number> };
}

/** The memory that a running container uses now, without the cache of files, as `docker stats` shows it; `null` when nobody knows. */
export async function readMemory(
  engine: Engine,
  { id, status }: Pick<ContainerFacts, 'id' | 'status'>,
): Promise<UsedMemory | null> {
  if (status !== 'running') return null;
  const query = { stream: false, 'one-shot': true };
  const {
    usage,
    limit,
    stats = {},
  } = (await engine.find<WireStats>(`/containers/${id}/stats`, { query }))?.memory_stats ?? {};
  if (usage === undefined || !limit) return null;
  const cache = stats.total_inactive_file ?? stats.inactive_file ?? 0;
  return { usedBytes: Math.max(0, usage - cache), totalBytes: limit };
}

/** A container with the memory that it uses. `null` when there is none; what cannot be read of the memory is not known. */
export async function findContainerInUse(engine: Engine, name: string): Promise<ContainerFacts | null> {
  const found = await findContainer(engine, name);
  return found && { ...found, memory: await readMemory(engine, found).catch(() => null) };
}
