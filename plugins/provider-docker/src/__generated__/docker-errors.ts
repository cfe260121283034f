// Generated from docs/errors.md by scripts/generate-error-codes.mjs (npm run generate). Do not edit.

/** Every code that may be raised here, with the kinds that it may have. */
export interface DockerErrors {
  DOCKER_ABSENT: 'refused';
  DOCKER_ANSWER_INVALID: 'incomplete';
  DOCKER_API_VERSION: 'refused';
  DOCKER_ASLEEP: 'refused';
  DOCKER_CHANGED: 'incomplete';
  DOCKER_CHANGE_UNKNOWN: 'internal';
  DOCKER_COPY_FAILED: 'incomplete';
  DOCKER_CRASHED: 'refused';
  DOCKER_CREDENTIALS: 'auth';
  DOCKER_ENGINE_FAILED: 'incomplete';
  DOCKER_EXEC_TIMED_OUT: 'incomplete';
  DOCKER_HOST_INVALID: 'usage';
  DOCKER_IMAGE_MISSING: 'refused';
  DOCKER_INSTANCE_UNKNOWN: 'usage';
  DOCKER_KEEP: 'usage';
  DOCKER_NAME_TAKEN: 'refused';
  DOCKER_NOT_READY: 'incomplete';
  DOCKER_PERMISSION: 'auth';
  DOCKER_PULL_FAILED: 'incomplete';
  DOCKER_REFUSED: 'refused';
  DOCKER_SNAPSHOT_UNKNOWN: 'usage';
  DOCKER_SSH_UNAVAILABLE: 'refused';
  DOCKER_STREAM_BROKEN: 'transport';
  DOCKER_UNREACHABLE: 'incomplete';
  DOCKER_VOLUME_IN_USE: 'refused';
  DOCKER_VOLUME_UNKNOWN: 'usage';
}
