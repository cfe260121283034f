import { SindriError, type CoreErrors, type ErrorCode, type SindriErrorOptions } from '@sindri/core';
import type { DockerEngineErrors } from './__generated__/docker-engine-errors.js';

type Registry = DockerEngineErrors & CoreErrors;
type Code = keyof Registry & ErrorCode;

/** A code that this package may raise. */
export type DockerEngineErrorCode = keyof DockerEngineErrors;

/** An error with a code and a kind of this package's registry, docs/errors.md: what happened, and what to do. */
export function engineError<C extends Code>(
  code: C,
  kind: Registry[C],
  message: string,
  hint?: string,
  more: Pick<SindriErrorOptions, 'details' | 'cause' | 'retryable'> = {},
): SindriError {
  return new SindriError({ code, kind, message, ...(hint === undefined ? {} : { hint }), ...more });
}
