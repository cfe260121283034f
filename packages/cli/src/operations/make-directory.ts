import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { coreError } from '../error.js';

/**
 * Makes a directory of the user's project and what is missing above it. Step by step: Node's own `recursive` never ends below
 * directories such as `/proc`, in which nothing can be made. Rejects with `USAGE` when it cannot be made.
 */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await makeFromAbove(directory);
  } catch (cause) {
    const { message } = cause as Error;
    throw coreError({
      code: 'USAGE',
      kind: 'usage',
      message: `The directory ${directory} cannot be made: ${message}.`,
      hint: 'Name another one.',
      cause,
    });
  }
}

async function makeFromAbove(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isDirectory(directory))) return;
    const parent = path.dirname(directory);
    if (code !== 'ENOENT' || parent === directory || (await isDirectory(parent))) throw error;
    await makeFromAbove(parent);
    await makeFromAbove(directory);
  }
}

async function isDirectory(place: string): Promise<boolean> {
  return stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
