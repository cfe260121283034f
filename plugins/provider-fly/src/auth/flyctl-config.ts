import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { OperationContext } from '@sindri/core';
import { parse } from 'yaml';

/** Where flyctl keeps its own sign-in; it is only read. `null` when nobody can say. */
export function flyctlConfigFile(env: OperationContext['env']): { path: string; title: string } | null {
  if (env.FLY_CONFIG_DIR) {
    const file = path.join(env.FLY_CONFIG_DIR, 'config.yml');
    return { path: file, title: file };
  }
  return env.HOME ? { path: path.join(env.HOME, '.fly', 'config.yml'), title: '~/.fly/config.yml' } : null;
}

/** Undefined when there is no such file or no token in it. A file that cannot be read or parsed is no sign-in either. */
export async function readAccessToken(file: string): Promise<string | undefined> {
  let document: unknown;
  try {
    document = parse(await readSmallFile(file));
  } catch {
    return undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  const token = (document as { access_token?: unknown }).access_token;
  return typeof token === 'string' ? token : undefined;
}

/** flyctl's file has a few hundred bytes. */
const LONGEST_FILE = 256 * 1024;

/** The text of a regular file. Throws for a device, a pipe, and a file that is larger than any that flyctl writes. */
async function readSmallFile(file: string): Promise<string> {
  // Opening a pipe that nobody writes to would wait for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error('not a regular file');
    const buffer = Buffer.alloc(LONGEST_FILE + 1);
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, size, buffer.length - size, null);
      size += bytesRead;
      if (size > LONGEST_FILE) throw new Error('too large');
      if (bytesRead === 0) return buffer.toString('utf8', 0, size);
    }
  } finally {
    await handle.close();
  }
}
