import type { FlyApi } from '../api/client.js';
import type { WireMachine, WireVolume } from '../api/types.js';
import { homeVolumeName, isLivingVolume, secondVolumeName } from '../planner/index.js';

/**
 * The machines that have a home volume attached, or whose id is `remembered`, and that `listed` lacks because the list is behind. Both
 * may name a machine that is gone, so each is asked for by its id.
 */
export async function unlistedMachines(
  api: FlyApi,
  app: string,
  volumes: readonly WireVolume[],
  listed: readonly WireMachine[],
  remembered: string | null = null,
): Promise<WireMachine[]> {
  const known = new Set(listed.map(({ id }) => id));
  const found: WireMachine[] = [];
  for (const name of [homeVolumeName, secondVolumeName]) {
    const attached = volumes
      .filter((volume) => volume.name === name && isLivingVolume(volume))
      .map((volume) => volume.attached_machine_id ?? '');
    for (const id of new Set([...attached, name === homeVolumeName ? (remembered ?? '') : ''])) {
      if (id === '' || known.has(id)) continue;
      const machine = await api.machines.get(app, id);
      if (machine === null || machine.state === 'destroyed') continue;
      found.push(machine);
      break;
    }
  }
  return found;
}
