import type { Engine } from './client.js';
import { readFile } from './files.js';
import type { ProcessUser } from './process.js';

/**
 * As whom a process is to run: `wanted` where the image has a user of this name, else the image's own, in the same directory. Looked up
 * where the engine looks: it begins the process all the same, and says in its output that there is no such user.
 */
export async function findUser(engine: Engine, container: string, wanted: ProcessUser): Promise<ProcessUser> {
  const users = (await readFile(engine, container, '/etc/passwd')) ?? '';
  const isThere = users.split('\n').some((line) => line.startsWith(`${wanted.name}:`));
  return isThere ? wanted : { ...wanted, name: '' };
}
