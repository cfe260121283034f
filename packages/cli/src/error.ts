import type { CoreErrors, RegisteredError, SindriError } from '@sindri/core';
import { core } from './lazy.js';

/** An error with a code of the command line's or of core's. The registry of them is docs/errors.md. */
export function coreError(options: RegisteredError<CoreErrors>): SindriError {
  return new (core().SindriError)(options);
}
