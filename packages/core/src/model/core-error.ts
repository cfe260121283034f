import type { CoreErrors } from './__generated__/core-errors.js';
import { SindriError, type RegisteredError } from './errors.js';

/** An error with a code of core's or of the command line's. The registry of them is docs/errors.md. */
export function coreError(options: RegisteredError<CoreErrors>): SindriError {
  return new SindriError(options);
}
