import { SindriError, type CoreErrors, type RegisteredError } from '@sindri/core';
import type { FlyErrors } from './__generated__/fly-errors.js';

/** A code that this provider may raise. */
export type FlyErrorCode = keyof FlyErrors | keyof CoreErrors;

/** An error with a code of this provider's or of core's. The registry of them is docs/errors.md. */
export function flyError(options: RegisteredError<FlyErrors & CoreErrors>): SindriError {
  return new SindriError(options);
}
