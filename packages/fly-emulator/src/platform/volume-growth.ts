import type { MachineRecord, VolumeRecord } from '../records.js';
import type { Platform } from './platform.js';
import { volumeBytes } from './volume-use.js';
import { LARGEST_GB, extendVolume } from './volumes.js';

const GB = 1024 ** 3;
/** How often Fly looks is not known (unsure). */
const PERIOD_MS = 60_000;

/** When a volume grows by itself, by how much, and how far; in the config of the machine that has it. */
interface GrowthRule {
  thresholdPercent: number;
  addGb: number;
  limitGb: number;
}

/**
 * Extends volumes by themselves: every minute each one of a started machine that is filled beyond `extend_threshold_percent` of its mount
 * gets `add_size_gb` more, up to `size_gb_limit`. The clock has a timer for it only while there is a rule.
 */
export function watchVolumeGrowth(platform: Platform): { close(): void } {
  const { store, clock } = platform;
  let cancel: (() => void) | null = null;
  let closed = false;

  const arm = (): void => {
    if (closed || cancel !== null) return;
    cancel = clock.after(PERIOD_MS, () => {
      cancel = null;
      void look();
    });
  };
  const look = async (): Promise<void> => {
    for (const { machine, volume, rule } of growing(platform)) {
      if (machine.state === 'started') await grow(platform, volume, rule);
    }
    if (growing(platform).length > 0) arm();
  };
  const off = store.onChange((change) => {
    const machines = change === null ? Object.values(store.state.machines) : [change.machine];
    if (cancel === null && machines.some((machine) => machine !== undefined && rulesOf(platform, machine).length > 0))
      arm();
  });
  if (growing(platform).length > 0) arm();
  return {
    close() {
      closed = true;
      off?.();
      cancel?.();
    },
  };
}

async function grow(platform: Platform, volume: VolumeRecord, rule: GrowthRule): Promise<void> {
  const percent = ((await volumeBytes(platform, volume)) / (volume.sizeGb * GB)) * 100;
  const sizeGb = Math.min(volume.sizeGb + rule.addGb, rule.limitGb, LARGEST_GB);
  if (percent < rule.thresholdPercent || sizeGb <= volume.sizeGb) return;
  extendVolume(platform, volume, sizeGb);
}

interface Growing {
  machine: MachineRecord;
  volume: VolumeRecord;
  rule: GrowthRule;
}

function growing(platform: Platform): Growing[] {
  return Object.values(platform.store.state.machines).flatMap((machine) => rulesOf(platform, machine));
}

function rulesOf({ store }: Platform, machine: MachineRecord): Growing[] {
  if (machine.state === 'destroyed') return [];
  return (machine.config.mounts ?? []).flatMap((mount) => {
    const volume = store.volume(mount.volume);
    const rule = ruleOf(mount);
    return volume === undefined || rule === null ? [] : [{ machine, volume, rule }];
  });
}

/** Without an increment nothing grows; without a limit it grows as far as Fly goes. */
function ruleOf(mount: Record<string, unknown>): GrowthRule | null {
  const { extend_threshold_percent: thresholdPercent, add_size_gb: addGb, size_gb_limit: limitGb } = mount;
  if (typeof thresholdPercent !== 'number' || thresholdPercent <= 0) return null;
  if (typeof addGb !== 'number' || addGb <= 0) return null;
  return { thresholdPercent, addGb, limitGb: typeof limitGb === 'number' && limitGb > 0 ? limitGb : LARGEST_GB };
}
