// A platform to begin with: an environment is a file in a directory. Put calls to your own platform in the place of the file system.
import fs from 'node:fs/promises';
import path from 'node:path';
import type { ErrorKind } from '@sindri/core';

/** What the platform knows of an environment. */
export interface Settings {
  /** Whose it is: `sindri` for ours. */
  mark?: string;
  note: string;
}

/** Errors are recognised by this mark: a provider needs no copy of @sindri/core to make one. */
export function failure(code: string, kind: ErrorKind, message: string, hint?: string): Error {
  const error = Object.assign(new Error(message), { code, kind, hint, retryable: false, details: {} });
  return Object.defineProperty(error, Symbol.for('sindri.error/1'), { value: true });
}

/** The settings of an environment, `null` when there is none. Rejects when nobody knows. */
export async function read(place: string, name: string): Promise<Settings | null> {
  try {
    return JSON.parse(await fs.readFile(path.join(place, `${name}.json`), 'utf8')) as Settings;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes an environment, or changes it. Done twice it is the same, and nobody ever sees half of it. */
export async function write(place: string, name: string, settings: Settings): Promise<void> {
  const file = path.join(place, `${name}.json`);
  await fs.mkdir(place, { recursive: true });
  await fs.writeFile(`${file}.new`, JSON.stringify(settings));
  await fs.rename(`${file}.new`, file);
}

/** Removes an environment. That it is gone already is fine. */
export function remove(place: string, name: string): Promise<void> {
  return fs.rm(path.join(place, `${name}.json`), { force: true });
}
