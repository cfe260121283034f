import type { SindriErrorOptions } from './errors.js';

/** Why a file or a directory cannot be written, for people, by the system's code. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOTDIR: 'there is a file in its way',
  EEXIST: 'there is a file in its way',
  EISDIR: 'there is a directory in its way',
  ENOENT: 'nothing can be made there',
  ENAMETOOLONG: 'the name is too long',
};

const DANGLING = 'ENOLINK';

/** A link stands where a directory should be, and leads to what is not there. The system calls that "exists already". */
export class DanglingLink extends Error {
  readonly code = DANGLING;

  constructor(link: string, target: string, cause: unknown) {
    super(`${link} is a link to ${target}, which is not there`, { cause });
  }
}

/** Failures of a disk, whatever was being done to it: the message of the system may name no file. */
const DISK_FAILURES = ['ENOSPC', 'EDQUOT', 'EROFS'];

/** The code of a system's error, also of the one in a `FILE_UNWRITABLE` or `STATE_UNUSABLE`, and what it means for people. Any other error is its own reason. */
export function whyUnwritable(error: unknown): { code: string | null; reason: string } {
  const cause = isTold(error) ? error.cause : error;
  const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
  const reason = code === DANGLING ? message : REASONS[code ?? ''];
  return { code: code ?? null, reason: reason ?? code ?? message ?? 'unknown reason' };
}

function isTold(error: unknown): error is { cause: unknown } {
  return ['FILE_UNWRITABLE', 'STATE_UNUSABLE'].includes((error as { code?: string } | null)?.code ?? '');
}

/** Whether `cause` is a disk that takes nothing more. */
export function isDiskFailure(cause: unknown): boolean {
  return DISK_FAILURES.includes((cause as NodeJS.ErrnoException | null)?.code ?? '');
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room there',
  EDQUOT: 'Make room there',
  [DANGLING]: 'Make what the link leads to or remove the link',
};

/** What to do first where something cannot be written for this reason. */
export function remedyFor(cause: unknown): string {
  return REMEDIES[whyUnwritable(cause).code ?? ''] ?? 'Make it writable';
}

/** What a `FILE_UNWRITABLE` consists of. `file`: `undefined` where the system did not say which. */
export function unwritableFile(file: string | undefined, cause: unknown): SindriErrorOptions {
  const { code, reason } = whyUnwritable(cause);
  return {
    code: 'FILE_UNWRITABLE',
    kind: 'usage',
    message: `${file ?? 'A file'} cannot be written: ${reason}.`,
    hint: `${remedyFor(cause)} and run the command again, or name another place.`,
    details: { path: file ?? null, reason: code },
    cause,
  };
}
