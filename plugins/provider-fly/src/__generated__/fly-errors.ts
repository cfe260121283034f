// Generated from docs/errors.md by scripts/generate-error-codes.mjs (npm run generate). Do not edit.

/** Every code that may be raised here, with the kinds that it may have. */
export interface FlyErrors {
  FLY_API_ERROR: 'incomplete';
  FLY_APP_IN_OTHER_ORGANIZATION: 'refused';
  FLY_APP_NAME_INVALID: 'usage';
  FLY_APP_NAME_TAKEN: 'refused';
  FLY_APP_NOT_EMPTY: 'refused';
  FLY_BASE_URL_INVALID: 'usage';
  FLY_CONFLICT: 'incomplete';
  FLY_EXEC_TIMED_OUT: 'incomplete';
  FLY_FORBIDDEN: 'refused';
  FLY_GPU_REFUSED: 'refused';
  FLY_HOST_KEYS_UNKNOWN: 'policy';
  FLY_IMAGE_NOT_FOUND: 'refused';
  FLY_INSTANCE_NOT_REACHED: 'transport';
  FLY_INSTANCE_UNKNOWN: 'usage';
  FLY_KEEP_UNSUPPORTED: 'usage';
  FLY_LEASE_HELD: 'incomplete';
  FLY_MACHINE_BUSY: 'incomplete';
  FLY_MACHINE_CHANGED: 'incomplete';
  FLY_MACHINE_EXITED: 'refused';
  FLY_MACHINE_FAILED: 'refused';
  FLY_MACHINE_NAME_TAKEN: 'refused' | 'incomplete';
  FLY_MACHINE_STOPPED: 'incomplete';
  FLY_NOT_DEPLOYED: 'refused';
  FLY_NOT_FOUND: 'refused';
  FLY_NOT_RUNNING: 'refused';
  FLY_NO_CAPACITY: 'refused';
  FLY_NO_DEDICATED_IPV4: 'usage';
  FLY_NO_IDENTITY: 'incomplete';
  FLY_NO_SSH_ADDRESS: 'refused';
  FLY_NO_VOLUME: 'usage' | 'refused';
  FLY_OUTCOME_UNKNOWN: 'incomplete';
  FLY_PRECONDITION: 'refused';
  FLY_QUOTA: 'refused';
  FLY_RATE_LIMITED: 'incomplete';
  FLY_REGION_CHANGE: 'usage';
  FLY_REGION_UNKNOWN: 'usage';
  FLY_REQUEST_REFUSED: 'refused';
  FLY_SOURCE_BUILD: 'usage';
  FLY_SSH_TIMEOUT: 'incomplete';
  FLY_STATE_TIMEOUT: 'incomplete';
  FLY_SUSPEND_IMPOSSIBLE: 'refused';
  FLY_TIMED_OUT: 'incomplete';
  FLY_TOKEN_MISSING: 'auth';
  FLY_TOKEN_REFUSED: 'auth';
  FLY_UNREACHABLE: 'incomplete';
  FLY_UPDATE_REVERTED: 'refused';
  FLY_VOLUME_ATTACHED: 'refused';
  FLY_VOLUME_ELSEWHERE: 'usage';
  FLY_VOLUME_IN_USE: 'refused';
  FLY_VOLUME_MISMATCH: 'refused';
  FLY_VOLUME_MISSING: 'incomplete';
  FLY_VOLUME_SHRINK: 'usage';
  FLY_VOLUME_SIZE: 'usage';
  FLY_VOLUME_UNKNOWN: 'incomplete';
}
