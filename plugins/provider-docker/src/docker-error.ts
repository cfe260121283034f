import { SindriError, type CoreErrors, type RegisteredError } from '@sindri/core';
import type { DockerErrors } from './__generated__/docker-errors.js';

/** A code that this provider may raise. */
export type DockerErrorCode = keyof DockerErrors | keyof CoreErrors;

/** An error with a code of this provider's or of core's. The registry of them is docs/errors.md. */
export function dockerError(options: RegisteredError<DockerErrors & CoreErrors>): SindriError {
  return new SindriError(options);
}
