import { coreError } from '../error.js';
import { core } from '../lazy.js';

/**
 * Makes a directory of the user's project and what is missing above it. Rejects with `USAGE` when it cannot be made.
 */
export async function makeDirectory(directory: string, mode?: number): Promise<void> {
  try {
    await core().makeDirectory(directory, mode);
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
