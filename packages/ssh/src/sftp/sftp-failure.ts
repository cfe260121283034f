import type { SindriError } from '@sindri/core';
import { sshError } from '../ssh-error.js';

/** Why the server did not do it. */
export type FileRefusal = 'missing' | 'denied' | 'failed' | 'unsupported';

/**
 * What a refused request for `path` means, as an error for people.
 *
 * @param makes the request would have made something there
 */
export function sftpFailure(path: string, cause: Error, makes = false): SindriError {
  const reason = reasonOf(cause);
  const hint = hintFor(reason, makes);
  return sshError({
    code: 'SSH_FILE_REFUSED',
    kind: 'refused',
    message: `${JSON.stringify(path)} in the environment: ${words[reason](cause)}.`,
    ...(hint === undefined ? {} : { hint }),
    details: { path, reason },
    cause,
  });
}

const words: Record<FileRefusal, (cause: Error) => string> = {
  missing: () => 'there is no such file or directory',
  denied: () => 'permission denied',
  failed: ({ message }) => `the server could not do it (${message})`,
  unsupported: () => 'the server cannot do that',
};

function hintFor(reason: FileRefusal, makes: boolean): string | undefined {
  if (reason === 'missing' && makes) return 'Make the directory first.';
  if (reason !== 'denied') return undefined;
  return 'The user there has no right to it. Take the way through the home, and copy between the two inside, with sudo.';
}

// SFTP version 3, section 7: SSH_FX_NO_SUCH_FILE, SSH_FX_PERMISSION_DENIED, SSH_FX_OP_UNSUPPORTED.
function reasonOf(cause: Error): FileRefusal {
  const { code } = cause as { code?: unknown };
  if (code === 2) return 'missing';
  if (code === 3) return 'denied';
  if (code === 8 || /does not support this extended request/i.test(cause.message)) return 'unsupported';
  return 'failed';
}
