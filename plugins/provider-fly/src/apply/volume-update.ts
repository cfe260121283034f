import { applied, type Apply } from './room.js';

export const applyVolumeUpdate: Apply<'volume.update'> = async ({ api, names }, { volumeId, snapshotRetention }) => {
  await api.volumes.update(names.app, volumeId, { snapshotRetention });
  return applied('volume.update', { id: volumeId, snapshotRetention });
};
