/** The pure half of the provider: nothing in this folder does I/O or reads a clock or the environment. */
export { flyArtifacts } from './config/artifacts.js';
export { completeMachineConfig, type ConfigCompletion } from './config/complete-config.js';
export { contentsOf, evidenceOf, hasMark } from './observed/evidence.js';
export { toAppData, toEventData, toIpsData, toMachineData, toSecretsData } from './observed/from-wire.js';
export { openObservation, type Observed } from './observed/open-observation.js';
export { isMarked, selectMachines, type MachineSelection } from './observed/select-machines.js';
export { isLivingVolume, toForeignVolumes, toVolumeData, type VolumeRequest } from './observed/select-volume.js';
export { toVolumeSnapshot } from './observed/volume-snapshot.js';
export { restoreKeptValues } from './config/kept-values.js';
export { endedByItself, environmentState, exitText, isBeingReplaced } from './observed/machine-life.js';
export { desiredNames, homeVolumeName, type DesiredNames } from './desired/names.js';
export { flyOptionsSchema, type FlyOptions } from './desired/options.js';
export { lastKey, unread } from './plan/keys.js';
export { planFly } from './plan/index.js';
export { appNotOurs, machineNotOurs } from './plan/ownership.js';
export { dedicatedIpv4Text } from './prices/price-text.js';
export { findRegion } from './regions/known-regions.js';
export { flySample } from './desired/sample.js';
export { keyFingerprint, keyRecord, toKeyLine, type KeyRecord } from './secrets/key-record.js';
export { secretsDigest, secretsHash } from './secrets/secrets-hash.js';
export { namesAfter, noteSecrets, recordedNames } from './secrets/secrets-record.js';
export {
  compareLocal,
  formatStaged,
  notedStaged,
  removedSecrets,
  secretStates,
} from './secrets/secret-states.js';
export { stagedNote, tokenNote } from './secrets/secret-notes.js';
export { valueMarks } from './secrets/secrets-hash.js';
export { publishedPort } from './observed/published-port.js';
export { pastEvents } from './summary/past-events.js';
export { listedEnvironment, markedMachines, type EnvironmentInApp } from './summary/listed-environment.js';
export { summarizeFly } from './summary/summarize.js';
export { validateSpec } from './validate/index.js';
