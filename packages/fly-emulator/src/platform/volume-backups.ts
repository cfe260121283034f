import type { VolumeRecord } from '../records.js';
import { isUnreachable } from '../rest/views.js';
import type { Platform } from './platform.js';
import { createSnapshot } from './volumes.js';

const DAY_MS = 24 * 3_600_000;

/**
 * Takes the daily snapshot of every volume with `auto_backup_enabled`: a day after it was made, and every day after that. One that fell due
 * while the emulator did not run is taken once.
 */
export function watchVolumeBackups(platform: Platform): { close(): void } {
  const { store, clock } = platform;
  let timer: { dueAt: number; cancel(): void } | null = null;
  let closed = false;

  const arm = (dueAt: number): void => {
    if (closed || dueAt === Infinity || (timer !== null && timer.dueAt <= dueAt)) return;
    timer?.cancel();
    const cancel = clock.after(dueAt - clock.now(), () => {
      timer = null;
      void run();
    });
    timer = { dueAt, cancel };
  };
  const run = async (): Promise<void> => {
    const now = clock.now();
    for (const volume of Object.values(store.state.volumes)) {
      if (due(volume) > now) continue;
      volume.backedUpAt = now - ((now - volume.createdAt) % DAY_MS);
      store.changed({ volume });
      if (isSilent(platform, volume)) continue;
      // One that is being written is of this day as well: then a second one is refused.
      await createSnapshot(platform, volume).catch(() => undefined);
    }
    armForAll();
  };
  const armForAll = (): void => {
    for (const volume of Object.values(store.state.volumes)) arm(due(volume));
  };
  const off = store.onChange((change) => {
    if (change === null) armForAll();
    else if (change.volume !== undefined) arm(due(change.volume));
  });
  armForAll();
  return {
    close() {
      closed = true;
      off?.();
      timer?.cancel();
    },
  };
}

function due({ state, autoBackup, createdAt, backedUpAt }: VolumeRecord): number {
  return state === 'created' && autoBackup ? (backedUpAt ?? createdAt) + DAY_MS : Infinity;
}

function isSilent(platform: Platform, { attachedMachine }: VolumeRecord): boolean {
  const machine = attachedMachine === null ? undefined : platform.store.machine(attachedMachine);
  return machine !== undefined && isUnreachable(platform, machine);
}
