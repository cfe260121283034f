import { mkdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';

/** A directory cannot be made, or something else is in its place. */
export class DirectoryUnusable extends Error {
  constructor(directory: string, cause: unknown) {
    super(`nothing can be kept in ${directory} (${reasonOf(cause)})`, { cause });
    this.name = 'DirectoryUnusable';
  }
}

/**
 * Makes `directory` and what is missing above it, readable by this user only. Step by step: Node's own `recursive` never ends below
 * directories such as `/proc`, in which nothing can be made. Throws {@link DirectoryUnusable}.
 */
export function makePrivateDirectory(directory: string): void {
  try {
    makeFromAbove(directory);
  } catch (error) {
    throw new DirectoryUnusable(directory, error);
  }
}

/** The system calls a link that leads nowhere "exists already". */
function reasonOf(cause: unknown): string {
  const { code, path: place } = cause as NodeJS.ErrnoException;
  if (code === 'EEXIST' && place !== undefined && !statSync(place, { throwIfNoEntry: false })) {
    return `${place} is a link to ${readlinkSync(place)}, which is not there`;
  }
  return code ?? 'unknown reason';
}

function makeFromAbove(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && isDirectory(directory)) return;
    const parent = path.dirname(directory);
    if (code !== 'ENOENT' || parent === directory || isDirectory(parent)) throw error;
    makeFromAbove(parent);
    makeFromAbove(directory);
  }
}

function isDirectory(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}
