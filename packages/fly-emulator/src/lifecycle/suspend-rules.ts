import type { MachineConfig } from '../records.js';

/**
 * Why Fly cannot suspend a machine with this config, or `null`. The requirements are documented; that the API answers
 * 412 is a guess (unsure). More than 2 GB is only discouraged and therefore not listed here.
 */
export function whySuspendIsImpossible(config: MachineConfig): string | null {
  if ((config.init.swap_size_mb ?? 0) > 0) return 'machines with swap cannot be suspended';
  if (config.schedule !== undefined) return 'machines with a schedule cannot be suspended';
  return null;
}
