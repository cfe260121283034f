import { SindriError, type CoreErrors, type RegisteredError } from '@sindri/core';
import type { SshErrors } from './__generated__/ssh-errors.js';

/** An error with a code of this package's or of core's. The registry of them is docs/errors.md. */
export function sshError(options: RegisteredError<SshErrors & CoreErrors>): SindriError {
  return new SindriError(options);
}
