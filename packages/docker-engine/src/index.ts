export { checkEngine } from './check.js';
export {
  createEngineOpener,
  ignoreAbsent,
  ignoreConflict,
  type Engine,
  type EngineRequest,
  type OpenEngine,
} from './client.js';
export { composeDocument, type ComposeNames } from './compose.js';
export {
  ensureNetwork,
  findContainer,
  findNetwork,
  labelValues,
  remove,
  removeContainer,
  STOP_SECONDS,
  toIso,
  type ContainerFacts,
  type Labelled,
  type ListedContainer,
  type UsedMemory,
} from './containers.js';
export {
  copyVolume,
  ensureVolume,
  listVolumes,
  removeVolume,
  snapshotsFrom,
  type ListedVolume,
  type VolumeCopy,
} from './copy-volume.js';
export { diagnoseContainer, diagnoseEngine, type DiagnosedContainer } from './diagnose.js';
export { addressOf, dialContainer, whyNoAddress } from './dial.js';
export type { DockerEngineErrors } from './__generated__/docker-engine-errors.js';
export type { DockerEngineErrorCode } from './engine-error.js';
export { failureOf, stateOf, timesOf } from './container-state.js';
export { beginContainer, ensureContainer, type FirstStart, type WantedContainer } from './ensure-container.js';
export { findImage, presentIn, requireImage, type EngineImage } from './image.js';
export { readEvents } from './events.js';
export { readFile, writeFile, type WrittenFile } from './files.js';
export { keepFile, readKept, removeKept, type KeptFile, type NewKeptFile } from './kept-file.js';
export { keepSecrets, readKeptSecrets, type SecretStore } from './kept-secrets.js';
export { readLogs } from './logs.js';
export { findContainerInUse, readMemory } from './memory.js';
export {
  containerPower,
  pauseContainer,
  restartContainer,
  startContainer,
  stopContainer,
  updateContainer,
  type ContainerPowerParts,
} from './power.js';
export { runProcess, type ProcessUser } from './process.js';
export { fetchImage, pullImage, type PullProgress } from './pull.js';
export { newestFirst, volumeFacts, type VolumeFacts } from './marked-volumes.js';
export { createBody, limitsBody, readPort, type ContainerRecipe } from './recipe.js';
export { findUser } from './user.js';
export { openProcess, type OpenProcessRequest } from './session.js';
export { settleContainer } from './settle.js';
