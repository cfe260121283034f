import type { SnapshotRecord, VolumeRecord } from '../records.js';
import type { Platform } from './platform.js';

const DAY_MS = 24 * 3_600_000;

const volumeDue = (volume: VolumeRecord): number => volume.purgeAt ?? Infinity;
const snapshotDue = (snapshot: SnapshotRecord): number => snapshot.createdAt + snapshot.retentionDays * DAY_MS;

/**
 * Makes what removes deleted volumes and old snapshots whose time is over, to be called before each request is carried out. It looks
 * at them only when the first of them is due.
 */
export function createVolumeSweep({ store, clock, runtime }: Platform): () => Promise<void> {
  let dueAt = -Infinity;
  store.onChange((change) => {
    if (change === null) dueAt = -Infinity;
    if (change?.volume) dueAt = Math.min(dueAt, volumeDue(change.volume));
    if (change?.snapshot) dueAt = Math.min(dueAt, snapshotDue(change.snapshot));
  });

  return async () => {
    const now = clock.now();
    if (now < dueAt) return;
    dueAt = Infinity;
    for (const volume of Object.values(store.state.volumes)) {
      if (volumeDue(volume) > now) {
        dueAt = Math.min(dueAt, volumeDue(volume));
        continue;
      }
      delete store.state.volumes[volume.id];
      store.changed({ volume });
      await runtime.discardVolume(volume.id);
    }
    for (const snapshot of Object.values(store.state.snapshots)) {
      if (snapshotDue(snapshot) > now) {
        dueAt = Math.min(dueAt, snapshotDue(snapshot));
        continue;
      }
      delete store.state.snapshots[snapshot.id];
      store.changed({ snapshot });
      await runtime.discardVolume(snapshot.id);
    }
  };
}
