import { createReadStream } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/** Where Docker's command line keeps what it knows of this user. */
export interface DockerHome {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
}

const LONGEST_FILE = 1024 * 1024;

/** `DOCKER_CONFIG`, from the working directory as `docker` reads it; else `~/.docker`. */
export function dockerDirectory({ env, home }: DockerHome): string {
  const folder = env['DOCKER_CONFIG'];
  return folder !== undefined && folder !== '' ? resolve(folder) : join(home, '.docker');
}

/**
 * A JSON file of that directory; `null` when there is none, or no absolute path leads to it. Rejects with what `unusable` makes of the
 * reason, in which is nothing of the content: it may be a password.
 */
export async function readDockerJson(
  file: string,
  unusable: (reason: string) => Error,
): Promise<Record<string, unknown> | null> {
  if (!isAbsolute(file)) return null;
  let text = '';
  try {
    for await (const chunk of createReadStream(file, 'utf8')) {
      text += chunk as string;
      if (text.length > LONGEST_FILE) throw new Error('it is larger than 1 MB');
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unusable(`${file} cannot be read: ${code ?? message}.`);
  }
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON's own message shows a piece of the text.
  }
  if (typeof value !== 'object' || value === null) throw unusable(`${file} is not JSON.`);
  return value as Record<string, unknown>;
}
