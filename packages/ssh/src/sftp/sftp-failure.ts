import type { SindriError } from '@sindri/core';
import { sshError } from '../ssh-error.js';

/** Why the server did not do it. */
export type FileRefusal = 'missing' | 'denied' | 'failed' | 'unsupported';

/** What a refused request for `path` means, as an error for people. */
export function sftpFailure(path: string, cause: Error): SindriError {
  const reason = reasonOf(cause);
  return sshError({
    code: 'SSH_FILE_REFUSED',
    kind: 'refused',
    message: `${JSON.stringify(path)} in the environment: ${words[reason](cause)}.`,
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

// SFTP version 3, section 7: SSH_FX_NO_SUCH_FILE, SSH_FX_PERMISSION_DENIED, SSH_FX_OP_UNSUPPORTED.
function reasonOf(cause: Error): FileRefusal {
  const { code } = cause as { code?: unknown };
  if (code === 2) return 'missing';
  if (code === 3) return 'denied';
  if (code === 8 || /does not support this extended request/i.test(cause.message)) return 'unsupported';
  return 'failed';
}
