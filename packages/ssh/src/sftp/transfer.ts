import { open as openLocal, rename as renameLocal, stat as statLocal, utimes, type FileHandle } from 'node:fs/promises';
import { isSindriError } from '@sindri/core';
import { sshError } from '../ssh-error.js';
import type { RemoteEntry, RemoteFile, Sftp } from './sftp.js';
import { sftpFailure } from './sftp-failure.js';

/** How much one request carries: what every server takes. */
const PIECE_BYTES = 32 * 1024;
/** How many requests are on their way at once: 2 MiB, enough for 100 Mbit/s at 150 ms. */
const PIECES_AT_ONCE = 64;
/** What is not whole yet has this behind its name, on either side, and is gone on with the next time. */
const PARTIAL = '.sindri-part';

/** A transfer of one file. */
export interface TransferOptions {
  /** Ends it; what has arrived stays in the partial file. */
  signal: AbortSignal;
  /** Called with the number of bytes that are there, the first time with what an earlier run has left. */
  onBytes?(bytes: number): void;
}

/** Copies a file of this computer to the environment. A copy that was cut goes on where it ended. */
export async function sendFile(sftp: Sftp, from: string, to: string, options: TransferOptions): Promise<void> {
  const source = await openLocal(from, 'r');
  try {
    const { size, mode, mtimeMs } = await source.stat();
    const modifiedAt = Math.floor(mtimeMs / 1000);
    const partial = `${to}${PARTIAL}`;
    const start = usable(await sftp.look(partial).catch(sayThere(to)), size, modifiedAt);
    const target = await sftp.open(partial, start > 0 ? 'r+' : 'w', mode & 0o777).catch(sayThere(to));
    try {
      await pump(start, size, options, async (position, length) => {
        const piece = Buffer.allocUnsafe(length);
        const { bytesRead } = await source.read(piece, 0, length, position);
        if (bytesRead > 0) await target.write(piece.subarray(0, bytesRead), position);
        return bytesRead;
      }).catch(sayThere(to));
    } finally {
      await close(target);
      // The mark by which the next run knows that this part is one of the same file.
      await sftp.setAttributes(partial, { mode: mode & 0o777, modifiedAt }).catch(() => undefined);
    }
    await sftp.rename(partial, to);
  } finally {
    await source.close();
  }
}

/** Copies a file of the environment to this computer. A copy that was cut goes on where it ended. */
export async function fetchFile(
  sftp: Sftp,
  from: string,
  to: string,
  { size, mode, modifiedAt }: RemoteEntry,
  options: TransferOptions,
): Promise<void> {
  const source = await sftp.open(from, 'r');
  const partial = `${to}${PARTIAL}`;
  try {
    const found = await statLocal(partial).catch(() => null);
    const left = found?.isFile() ? { size: found.size, modifiedAt: Math.floor(found.mtimeMs / 1000) } : null;
    const start = usable(left, size, modifiedAt);
    const target = await openLocal(partial, start > 0 ? 'r+' : 'w', mode).catch(sayHere(to));
    try {
      await pump(start, size, options, async (position, length) => {
        const piece = Buffer.allocUnsafe(length);
        const bytes = await source.read(piece, position);
        if (bytes > 0) await target.write(piece, 0, bytes, position);
        return bytes;
      });
    } finally {
      await closeLocal(target, partial, modifiedAt);
    }
    await renameLocal(partial, to);
  } finally {
    await close(source);
  }
}

/**
 * How much of a partial file can be kept: everything when it is a part of the same file, which its time of modification tells. The
 * last pieces may have holes, for they are on their way together and any of them may have been lost.
 */
function usable(partial: Pick<RemoteEntry, 'size' | 'modifiedAt'> | null, size: number, modifiedAt: number): number {
  if (partial === null || partial.modifiedAt !== modifiedAt || partial.size > size) return 0;
  return Math.max(0, partial.size - PIECE_BYTES * PIECES_AT_ONCE);
}

/** Runs `move` over the file piece by piece, many at once. A file that grows or shrinks meanwhile is copied as it was at the start. */
async function pump(
  start: number,
  size: number,
  { signal, onBytes }: TransferOptions,
  move: (position: number, length: number) => Promise<number>,
): Promise<void> {
  let next = start;
  let done = start;
  onBytes?.(done);
  async function worker(): Promise<void> {
    while (next < size) {
      signal.throwIfAborted();
      const position = next;
      const length = Math.min(PIECE_BYTES, size - position);
      next += length;
      let moved = 0;
      while (moved < length) {
        const bytes = await move(position + moved, length - moved);
        if (bytes === 0) return;
        moved += bytes;
      }
      done += length;
      onBytes?.(done);
    }
  }
  const workers = Array.from({ length: PIECES_AT_ONCE }, worker);
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  if (done < size) {
    throw sshError({
      code: 'SSH_FILE_REFUSED',
      kind: 'refused',
      message: `The file became shorter while it was copied: ${done} of ${size} bytes were there.`,
      hint: 'Copy it again.',
      details: { reason: 'changed' },
      retryable: true,
    });
  }
}

/** What could not be done to the partial file is told of the file that people named. */
function sayThere(name: string): (error: unknown) => never {
  return (error) => {
    const isRefused = isSindriError(error) && error.code === 'SSH_FILE_REFUSED' && error.cause instanceof Error;
    throw isRefused ? sftpFailure(name, error.cause as Error, true) : error;
  };
}

function sayHere(name: string): (error: Error) => never {
  return (error) => {
    throw Object.assign(error, { path: name });
  };
}

async function close(file: RemoteFile): Promise<void> {
  await file.close().catch(() => undefined);
}

async function closeLocal(file: FileHandle, path: string, modifiedAt: number): Promise<void> {
  await file.close();
  await utimes(path, modifiedAt, modifiedAt).catch(() => undefined);
}
