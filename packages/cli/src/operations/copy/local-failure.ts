import { coreError } from '../../error.js';
import { core } from '../../lazy.js';
import { plainText } from '../../terminal/outside-text.js';

/** For what fails while `place` is made on this computer. A disk that is full names no file. */
export function explainUnwritable(place: string): (error: unknown) => never {
  return (error) => {
    const { fileUnwritable, isSindriError, toSindriError } = core();
    const { path = toSindriError(error).code === 'FILE_UNWRITABLE' ? place : undefined } =
      error as NodeJS.ErrnoException;
    if (isSindriError(error) || path === undefined) return explainLocal(error);
    const { message, hint } = fileUnwritable(`${plainText(path)} on this computer`, error);
    throw coreError({ code: 'COPY_REFUSED', kind: 'refused', message, hint, cause: error });
  };
}

/** What this computer's file system says is not a bug of ours. */
export function explainLocal(error: unknown): never {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (core().isSindriError(error) || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error;
  throw coreError({
    code: 'COPY_REFUSED',
    kind: 'refused',
    message: `${path === undefined ? 'A file' : plainText(path)} on this computer: ${message}.`,
    cause: error,
  });
}
