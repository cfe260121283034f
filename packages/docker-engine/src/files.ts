import type { Engine } from './client.js';
import { firstFileOf, tarOf } from './tar.js';

/** A file to be written. */
export interface WrittenFile {
  /** Default: the top folder. */
  directory?: string;
  name: string;
  content: string;
  mode: number;
}

/** Puts a file that belongs to root into a container, whether it runs or not. Not seen below a tmpfs. */
export async function writeFile(
  engine: Engine,
  container: string,
  { directory = '/', name, content, mode }: WrittenFile,
): Promise<void> {
  const body = tarOf(name, Buffer.from(content), mode);
  await engine.call('PUT', `/containers/${container}/archive`, { query: { path: directory }, body });
}

/** The content of a file in a container, `null` when there is none. */
export async function readFile(engine: Engine, container: string, path: string): Promise<string | null> {
  const tar = await engine.find<Buffer>(`/containers/${container}/archive`, { query: { path } });
  return (tar && firstFileOf(tar)?.toString()) ?? null;
}
