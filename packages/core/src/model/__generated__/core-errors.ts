// Generated from docs/errors.md by scripts/generate-error-codes.mjs (npm run generate). Do not edit.

/** Every code that may be raised here, with the kinds that it may have. */
export interface CoreErrors {
  CAPABILITY_UNSUPPORTED: 'usage';
  COMMAND_FAILED: 'usage' | 'refused' | 'auth' | 'incomplete' | 'policy' | 'cancelled' | 'transport' | 'internal';
  CONFIG_CHANGED: 'incomplete';
  CONFIG_EXISTS: 'usage';
  CONFIG_INVALID: 'usage';
  CONFIG_NOT_FOUND: 'usage';
  CONFIG_UNEDITABLE: 'usage';
  CONFIG_UNREADABLE: 'usage';
  CONFIRMATION_REQUIRED: 'usage';
  CONNECTION_METHOD_UNKNOWN: 'usage';
  CONSENT_REQUIRED: 'usage';
  COPY_REFUSED: 'refused';
  DEPLOY_INCOMPLETE: 'incomplete';
  DESTROY_INCOMPLETE: 'incomplete';
  EDITOR_NOT_OPENED: 'refused';
  FILE_EXISTS: 'usage';
  FILE_UNWRITABLE: 'usage';
  IMAGE_LOCKED: 'policy';
  IMAGE_LOCK_UNREADABLE: 'usage';
  IMAGE_MOVED: 'policy';
  IMAGE_NO_MATCH: 'refused';
  IMAGE_UNVERIFIABLE: 'policy';
  KEYRING_FAILED: 'auth';
  LOCAL_UNAVAILABLE: 'usage' | 'internal';
  OPERATION_CANCELLED: 'cancelled';
  OPERATION_TIMED_OUT: 'incomplete';
  PLAN_INVALID: 'usage';
  PLAN_OVER_BUDGET: 'policy';
  PLAN_STALE: 'incomplete';
  PLAN_UNOBSERVED: 'incomplete';
  PORT_NOT_LISTENING: 'refused';
  PORT_UNAVAILABLE: 'usage';
  PROVIDER_API_VERSION: 'usage';
  PROVIDER_BROKEN: 'usage' | 'internal';
  PROVIDER_DUPLICATE: 'usage';
  PROVIDER_NOT_FOUND: 'usage';
  SCHEMA_PLACE: 'usage';
  SECRET_MISSING: 'usage' | 'internal';
  SECRET_SOURCE_UNSUPPORTED: 'usage';
  SECRET_UNREADABLE: 'usage';
  SECRET_UNUSABLE: 'usage';
  SIGN_IN_EXPIRED: 'auth';
  SIGN_IN_NEEDS_PERSON: 'usage';
  SSH_CONFIG_UNTOUCHED: 'refused';
  STATE_CORRUPT: 'usage';
  STATE_NAME_INVALID: 'internal';
  STATE_UNUSABLE: 'usage';
  UNEXPECTED: 'internal';
  USAGE: 'usage';
}
