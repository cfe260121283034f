// Generated from docs/errors.md by scripts/generate-error-codes.mjs (npm run generate). Do not edit.

/** Every code that may be raised here, with the kinds that it may have. */
export interface RegistryErrors {
  IMAGE_DIGEST_MISMATCH: 'policy';
  IMAGE_NOT_FOUND: 'refused';
  IMAGE_PLATFORM: 'refused';
  IMAGE_PRIVATE: 'refused';
  IMAGE_PROVENANCE: 'policy';
  IMAGE_REFERENCE: 'usage';
  IMAGE_SIGNATURE: 'policy';
  IMAGE_SIGNER: 'policy';
  IMAGE_TRUST_ROOT: 'incomplete';
  IMAGE_UNSIGNED: 'policy';
  REGISTRY_ANSWER: 'refused';
  REGISTRY_AUTH: 'auth';
  REGISTRY_CREDENTIALS: 'auth';
  REGISTRY_LIMITED: 'incomplete';
  REGISTRY_REFUSED: 'refused';
  REGISTRY_UNREACHABLE: 'incomplete';
}
