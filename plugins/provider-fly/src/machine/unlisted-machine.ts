import type { FlyApi } from '../api/client.js';
import type { WireMachine, WireVolume } from '../api/types.js';
import { homeVolumeName, isLivingVolume } from '../planner/index.js';

/**
 * The machine that has the home volume attached, or whose id is `remembered`, and that `listed` lacks because the list is behind;
 * `null` when there is none. Both may name a machine that is gone, so it is asked for by its id.
 */
export async function unlistedMachine(
  api: FlyApi,
  app: string,
  volumes: readonly WireVolume[],
  listed: readonly WireMachine[],
  remembered: string | null = null,
): Promise<WireMachine | null> {
  const known = new Set(listed.map(({ id }) => id));
  const attached = volumes
    .filter((volume) => volume.name === homeVolumeName && isLivingVolume(volume))
    .map((volume) => volume.attached_machine_id ?? '');
  for (const id of new Set([...attached, remembered ?? ''])) {
    if (id === '' || known.has(id)) continue;
    const machine = await api.machines.get(app, id);
    if (machine !== null && machine.state !== 'destroyed') return machine;
  }
  return null;
}
