import { SindriError, type CoreErrors, type ErrorCode, type SindriErrorOptions } from '@sindri/core';
import type { DockerEngineErrorCode, DockerEngineErrors } from '@sindri/docker-engine';
import type { DockerErrors } from './__generated__/docker-errors.js';

type Registry = DockerErrors & DockerEngineErrors & CoreErrors;
type Code = keyof Registry & ErrorCode;

/** A code that this provider may raise. */
export type DockerErrorCode = keyof DockerErrors | DockerEngineErrorCode;

/** An error with a code and a kind of this provider's registry, docs/errors.md: what happened, and what to do. */
export function dockerError<C extends Code>(
  code: C,
  kind: Registry[C],
  message: string,
  hint?: string,
  more: Pick<SindriErrorOptions, 'details' | 'cause' | 'retryable'> = {},
): SindriError {
  return new SindriError({ code, kind, message, ...(hint === undefined ? {} : { hint }), ...more });
}
