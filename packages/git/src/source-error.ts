import { SindriError, type CoreErrors, type RegisteredError } from '@sindri/core';

/** An error with a code of core's. The registry of them is docs/errors.md. */
export function sourceError(options: RegisteredError<CoreErrors>): SindriError {
  return new SindriError(options);
}

/** An answer that no git repository gives. */
export function oddAnswer(repository: string, what: string): SindriError {
  return sourceError({
    code: 'SOURCE_ANSWER',
    kind: 'refused',
    message: `${repository} answered with ${what}.`,
    hint: 'Check that this is the address of a git repository. Nothing was changed.',
    details: { repository },
  });
}
