import { isSindriError, SindriError } from './errors.js';
import { isDiskFailure, unwritableFile } from './unwritable.js';

/**
 * Turns anything thrown into a {@link SindriError}: ours stay as they are, an error that merely carries the brand gets the
 * members that it lacks, an abort becomes `OPERATION_CANCELLED`, a
 * `TimeoutError` becomes `OPERATION_TIMED_OUT`, a disk that takes nothing more `FILE_UNWRITABLE`, all else is `UNEXPECTED`.
 */
export function toSindriError(value: unknown): SindriError {
  if (isSindriError(value)) return typeof value.toJSON === 'function' ? value : complete(value);
  if (isNamedError(value, 'AbortError')) {
    return new SindriError({
      code: 'OPERATION_CANCELLED',
      kind: 'cancelled',
      message: 'The operation was cancelled.',
      cause: value,
    });
  }
  if (isNamedError(value, 'TimeoutError')) {
    return new SindriError({
      code: 'OPERATION_TIMED_OUT',
      kind: 'incomplete',
      message: 'The operation took longer than its time limit.',
      hint: 'Run the same command again: it continues where this one stopped.',
      retryable: true,
      cause: value,
    });
  }
  // No bug of ours, whoever was writing.
  if (isDiskFailure(value)) return new SindriError(unwritableFile((value as NodeJS.ErrnoException).path, value));
  const message = value instanceof Error ? value.message : String(value);
  return new SindriError({ code: 'UNEXPECTED', kind: 'internal', message, cause: value });
}

/** A plugin need not have a copy of this package to make an error: the brand, a code and a kind are enough. */
function complete(branded: Omit<SindriError, 'toJSON'>): SindriError {
  const { code, kind, message, hint, retryable, details } = branded;
  return new SindriError({ code, kind, message, hint, retryable, details, cause: branded });
}

function isNamedError(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && (value as { name?: unknown }).name === name;
}
