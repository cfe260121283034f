import type { FileHandle } from 'node:fs/promises';
import type { SftpPaths } from './sftp-paths.js';

/** What a request handler works with. */
export interface SftpSession {
  readonly paths: SftpPaths;
  /** Throws when the handle is not one of an open file. */
  file(handle: Buffer): FileHandle;
}

/** A request that ends with a status instead of data. */
export class SftpStatusError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
