// Generated from docs/errors.md by scripts/generate-error-codes.mjs (npm run generate). Do not edit.

/** Every code that may be raised here, with the kinds that it may have. */
export interface DockerErrors {
  DOCKER_ABSENT: 'refused';
  DOCKER_ASLEEP: 'refused';
  DOCKER_CHANGED: 'incomplete';
  DOCKER_CHANGE_UNKNOWN: 'internal';
  DOCKER_IMAGE_VERSION: 'usage';
  DOCKER_INSTANCE_UNKNOWN: 'usage';
  DOCKER_KEEP: 'usage';
  DOCKER_KEYS_NOT_WRITTEN: 'incomplete';
  DOCKER_KEY_FROM_CONFIG: 'refused';
  DOCKER_KEY_UNKNOWN: 'usage';
  DOCKER_NAME_TAKEN: 'refused';
  DOCKER_SNAPSHOT_UNKNOWN: 'usage';
  DOCKER_SSH_UNAVAILABLE: 'refused';
  DOCKER_VOLUME_IN_USE: 'refused';
  DOCKER_VOLUME_UNKNOWN: 'usage';
}
