/** The pure half of the provider: nothing in this folder does I/O or reads a clock or the environment. */
export { flyArtifacts } from './config/artifacts.js';
export { completeMachineConfig, type ConfigCompletion } from './config/complete-config.js';
export { contentsOf, evidenceOf, hasMark } from './observed/evidence.js';
export { eachMachine, type MachineView } from './observed/each-machine.js';
export { toAppData, toEventData, toIpsData, toMachineData, toSecretsData } from './observed/from-wire.js';
export { dataOf, noFacts, openObservation, type Observed } from './observed/open-observation.js';
export { isMarked, selectMachines, type MachineSelection } from './observed/select-machines.js';
export { foundInToml, foundLive, type FoundVolume } from './import/found-on-fly.js';
export { importedConfig } from './import/imported-config.js';
export { readFlyToml } from './import/read-fly-toml.js';
export { isLivingVolume, toForeignVolumes, toVolumeData, type VolumeRequest } from './observed/select-volume.js';
export { toFlySnapshot, toVolumeSnapshot } from './observed/volume-snapshot.js';
export { restoreKeptValues } from './config/kept-values.js';
export { endedByItself, environmentState, exitText, hasLostHost, isBeingReplaced } from './observed/machine-life.js';
export { builderSize, buildVolumeName, byDigest, flyRegistry } from './desired/build.js';
export { toBuilderData, toBuildVolumes } from './observed/builders.js';
export { cpusForMemory, fromWireGuest, toWireGuest, type Guest } from './hardware/guest.js';
export {
  appName,
  desiredNames,
  homeVolumeName,
  namesOfSecond,
  secondVolumeName,
  type DesiredNames,
} from './desired/names.js';
export { flyOptionsSchema, wantsSecond, type FlyOptions } from './desired/options.js';
export { lastKey, unread } from './plan/keys.js';
export { planFly } from './plan/index.js';
export { mountedVolume } from './plan/refusals.js';
export { appNotOurs, machineNotOurs } from './plan/ownership.js';
export { costReport } from './prices/cost-report.js';
export { dedicatedIpv4Text } from './prices/price-text.js';
export { findRegion } from './regions/known-regions.js';
export { listedRegions } from './regions/listed-regions.js';
export { flySample } from './desired/sample.js';
export { keyFingerprint, keyRecord, toKeyLine, type KeyRecord } from './secrets/key-record.js';
export { secretsDigest, secretsHash } from './secrets/secrets-hash.js';
export { namesAfter, noteSecrets, recordedNames } from './secrets/secrets-record.js';
export {
  compareLocal,
  formatStaged,
  notedStaged,
  removedSecrets,
  sharedStates,
  waitingSecrets,
} from './secrets/secret-states.js';
export { stagedNote, tokenNote } from './secrets/secret-notes.js';
export { valueMarks } from './secrets/secrets-hash.js';
export { portsBeside, publishedPort, publishedTlsPort } from './observed/published-port.js';
export type { SeenWays } from './summary/connections.js';
export { pastEvents } from './summary/past-events.js';
export { listedEnvironment, markedMachines, type EnvironmentInApp } from './summary/listed-environment.js';
export { putsToSleep, summarizeFly, wakesOnConnection } from './summary/summarize.js';
export { validateSpec } from './validate/index.js';
export { listAnd } from './words.js';
export { heldAwakeBy, holdDescription, leaseEnd } from './observed/hold-lease.js';
