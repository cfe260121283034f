/** Whether a start has failed on a disk that takes nothing more. What the daemon itself met comes back from its process as text. */
export function isFullDisk(error: unknown): boolean {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  return /^(?:ENOSPC|EDQUOT)\b/.test(code ?? message ?? '');
}
