import { createHash } from 'node:crypto';
import path from 'node:path';
import { createFile as createWhole, makePrivateDirectory, replaceFile as replaceWhole } from '@sindri/core';

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

/** Creates a file as a whole, in a directory that is made when it is missing. `false` when somebody else's is there already; that one stays. */
export async function createFile(file: string, content: string, mode: number): Promise<boolean> {
  await makePrivateDirectory(path.dirname(file));
  return createWhole(file, content, mode);
}
