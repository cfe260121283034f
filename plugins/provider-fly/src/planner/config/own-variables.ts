import { imageVariables } from '@sindri/image-contract';

/**
 * The environment variables of a machine that Sindri sets, and removes again when the config no longer asks for them.
 * Every other variable of a machine belongs to somebody else: it stays, and its value is not looked at.
 */
export const ownVariables: ReadonlySet<string> = new Set([
  ...imageVariables,
  // flyctl's two: without them it treats the machine as unmanaged.
  'FLY_PROCESS_GROUP',
  'PRIMARY_REGION',
]);

/**
 * Internal template variables that the original Sindri left in the environment of its machines. Nothing reads them, and they
 * go stale with the first change of the config; an update that happens anyway takes them away.
 */
export const leakedVariables: ReadonlySet<string> = new Set([
  'fly_auto_start',
  'fly_auto_stop_mode',
  'fly_cpu_kind',
  'fly_memory_mb',
  'fly_region',
  'fly_ssh_port',
  'fly_swap_mb',
  'fly_volume_size',
]);
