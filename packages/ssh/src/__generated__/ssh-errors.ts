// Generated from docs/errors.md by scripts/generate-error-codes.mjs (npm run generate). Do not edit.

/** Every code that may be raised here, with the kinds that it may have. */
export interface SshErrors {
  SSH_AGENT_UNAVAILABLE: 'usage';
  SSH_ALIAS_INVALID: 'internal';
  SSH_AUTH_FAILED: 'auth';
  SSH_CERTIFICATE_INVALID: 'internal';
  SSH_CHANNEL_REFUSED: 'refused';
  SSH_CLOSED: 'transport';
  SSH_FILE_REFUSED: 'refused';
  SSH_HANDSHAKE_FAILED: 'transport';
  SSH_HOST_KEY_MISMATCH: 'policy';
  SSH_KEY_UNUSABLE: 'usage';
  SSH_UNREACHABLE: 'transport';
}
