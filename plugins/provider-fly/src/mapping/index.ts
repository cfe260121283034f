/** The pure half of the provider: nothing in this folder does I/O or reads a clock or the environment. */
export { flyArtifacts } from './artifacts.js';
export { completeMachineConfig, type ConfigCompletion } from './complete-config.js';
export {
  isLivingVolume,
  isMarked,
  selectMachines,
  toAppData,
  toForeignVolumes,
  toIpsData,
  toMachineData,
  toSecretsData,
  toVolumeData,
  type MachineSelection,
  type VolumeRequest,
} from './from-wire.js';
export { restoreKeptValues } from './kept-values.js';
export { environmentState, isBeingReplaced } from './machine-life.js';
export { desiredNames, homePath, homeVolumeName, internalSshPort, type DesiredNames } from './names.js';
export { flyOptionsSchema } from './options.js';
export { planFly } from './plan/index.js';
export { secretsDigest, secretsHash } from './secrets-hash.js';
export { publishedPort, summarizeFly } from './summary.js';
export { validateSpec } from './validate/index.js';
