import type { EnvironmentSpec, OperationContext, VolumeSnapshot } from '@sindri/core';
import type { OpenApi } from './api/client.js';
import { hasCode } from './api/errors.js';
import type { WireSnapshot, WireVolume } from './api/types.js';
import { appNameTaken } from './observe.js';
import { desiredNames, toVolumeSnapshot } from './planner/index.js';

/** Every snapshot of the volumes of an environment, newest first; none where there is no app. Throws `FLY_APP_NAME_TAKEN`. */
export function createListSnapshots(
  openApi: OpenApi,
): (spec: EnvironmentSpec, context: OperationContext) => Promise<VolumeSnapshot[]> {
  return async (spec, context) => {
    const api = await openApi(context);
    const { app, volume: first, second } = desiredNames(spec);
    const volumes = await api.volumes.list(app).catch((error: unknown): WireVolume[] => {
      if (hasCode(error, 'FLY_NOT_FOUND')) return [];
      if (hasCode(error, 'FLY_FORBIDDEN')) throw appNameTaken(app, error);
      throw error;
    });
    const ours = volumes.filter((volume) => volume.name === first || volume.name === second.volume);
    const lists = await Promise.all(ours.map(({ id, name }) => snapshotsOf(id, name)));
    return lists.flat().sort((a, b) => rank(b).localeCompare(rank(a), 'en'));

    async function snapshotsOf(volume: string, name: string): Promise<VolumeSnapshot[]> {
      const snapshots = await api.volumes.snapshots(app, volume).catch((error: unknown): WireSnapshot[] => {
        // Deleted between the two looks.
        if (hasCode(error, 'FLY_NOT_FOUND')) return [];
        throw error;
      });
      return snapshots.map((snapshot) => toVolumeSnapshot(snapshot, name));
    }
  };
}

/** One that is being written has no time yet, and is the newest. */
function rank({ createdAt }: VolumeSnapshot): string {
  return createdAt ?? '~';
}
