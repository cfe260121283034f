import { SindriError, type CoreErrors, type RegisteredError } from '@sindri/core';
import type { RegistryErrors } from './__generated__/registry-errors.js';

/** An error with a code of this package's or of core's. The registry of them is docs/errors.md. */
export function registryError(options: RegisteredError<RegistryErrors & CoreErrors>): SindriError {
  return new SindriError(options);
}
