/** The pure half of the provider: nothing in this folder does I/O or reads a clock or the environment. */
export { flyArtifacts } from './config/artifacts.js';
export { completeMachineConfig, type ConfigCompletion } from './config/complete-config.js';
export { toAppData, toIpsData, toMachineData, toSecretsData } from './observed/from-wire.js';
export { isMarked, selectMachines, type MachineSelection } from './observed/select-machines.js';
export { isLivingVolume, toForeignVolumes, toVolumeData, type VolumeRequest } from './observed/select-volume.js';
export { restoreKeptValues } from './config/kept-values.js';
export { endedByItself, environmentState, exitText, isBeingReplaced } from './observed/machine-life.js';
export { desiredNames, type DesiredNames } from './desired/names.js';
export { flyOptionsSchema, type FlyOptions } from './desired/options.js';
export { planFly } from './plan/index.js';
export { dedicatedIpv4Text } from './prices/price-text.js';
export { findRegion } from './regions/known-regions.js';
export { flySample } from './desired/sample.js';
export { secretsDigest, secretsHash } from './secrets/secrets-hash.js';
export { publishedPort } from './observed/published-port.js';
export { summarizeFly } from './summary/summarize.js';
export { validateSpec } from './validate/index.js';
