import { numberParam } from '../faults/fault.js';
import type { VolumeRecord } from '../records.js';
import type { Platform } from './platform.js';

const GB = 1024 ** 3;

/** Bytes of data on a volume: counted where the runtime can, or what the fault `volume-used` says. */
export async function volumeBytes(platform: Platform, volume: VolumeRecord): Promise<number> {
  const machine = volume.attachedMachine === null ? undefined : platform.store.machine(volume.attachedMachine);
  const target = { app: volume.app, ...(machine === undefined ? {} : { id: machine.id, name: machine.name }) };
  const pretended = platform.faults.active('volume-used', target);
  if (pretended !== null) return numberParam(pretended, 'gb', 500) * GB;
  return Math.max((await platform.runtime.volumeBytes?.(volume.id)) ?? 0, volume.filledBytes ?? 0);
}
