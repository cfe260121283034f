// Generated from docs/errors.md by scripts/generate-error-codes.mjs (npm run generate). Do not edit.

/** Every code that may be raised here, with the kinds that it may have. */
export interface DockerEngineErrors {
  DOCKER_ANSWER_INVALID: 'incomplete';
  DOCKER_API_VERSION: 'refused';
  DOCKER_COPY_FAILED: 'incomplete';
  DOCKER_CRASHED: 'refused';
  DOCKER_ENGINE_FAILED: 'incomplete';
  DOCKER_EXEC_TIMED_OUT: 'incomplete';
  DOCKER_HOST_INVALID: 'usage';
  DOCKER_IMAGE_MISSING: 'refused';
  DOCKER_NOT_READY: 'incomplete';
  DOCKER_PAUSED: 'transport';
  DOCKER_PERMISSION: 'auth';
  DOCKER_PULL_FAILED: 'incomplete';
  DOCKER_REFUSED: 'refused';
  DOCKER_STREAM_BROKEN: 'transport';
  DOCKER_UNREACHABLE: 'incomplete';
}
