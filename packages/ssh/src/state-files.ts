import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { makePrivateDirectory, replaceFile as replaceWhole } from '@sindri/core';

/** The room of this package in the state directory. */
export function sshStateDir(stateDir: string): string {
  return path.join(stateDir, 'ssh');
}

/**
 * `name` as one path segment that stays where it is put: ordinary names as they are, anything else (separators, `..`, upper
 * case that a case-insensitive disk would merge, over-long names) as a hash.
 */
export function pathSegment(name: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,99}$/.test(name) && !name.endsWith('.')) return name;
  // The `=` cannot occur in an ordinary name, so the two kinds never meet.
  return `sha256=${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
}

/** Replaces a file as a whole, in a directory that is made when it is missing. */
export async function replaceFile(file: string, content: string, mode: number): Promise<void> {
  await makePrivateDirectory(path.dirname(file));
  await replaceWhole(file, content, mode);
}

/** Creates a file as a whole. `false` when somebody else's is there already; that one stays. */
export async function createFile(file: string, content: string, mode: number): Promise<boolean> {
  const temporary = await writeTemporary(file, content, mode);
  try {
    await fs.link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // Some file systems have no hard links. Creating in place is exclusive too, if not atomic.
    return await createInPlace(file, content, mode);
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

async function createInPlace(file: string, content: string, mode: number): Promise<boolean> {
  try {
    await fs.writeFile(file, content, { mode, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function writeTemporary(file: string, content: string, mode: number): Promise<string> {
  await makePrivateDirectory(path.dirname(file));
  const temporary = `${file}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  await fs.writeFile(temporary, content, { mode, flag: 'wx' });
  return temporary;
}
