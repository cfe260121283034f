import { core } from '../lazy.js';

/** Makes a directory of the user's project and what is missing above it. Rejects with `FILE_UNWRITABLE` when it cannot be made. */
export async function makeDirectory(directory: string, mode?: number): Promise<void> {
  const { fileUnwritable, makeDirectory: make } = core();
  await make(directory, mode).catch((error: unknown) => {
    throw fileUnwritable(directory, error);
  });
}
