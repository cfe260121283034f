import type { Engine } from './client.js';
import { firstFileOf, tarOf } from './tar.js';

/** Puts a file that belongs to root into the top folder of a container, whether it runs or not. Not seen below a tmpfs. */
export async function writeFile(
  engine: Engine,
  container: string,
  { name, content, mode }: { name: string; content: string; mode: number },
): Promise<void> {
  const body = tarOf(name, Buffer.from(content), mode);
  await engine.call('PUT', `/containers/${container}/archive`, { query: { path: '/' }, body });
}

/** The content of a file in a container, `null` when there is none. */
export async function readFile(engine: Engine, container: string, path: string): Promise<string | null> {
  const tar = await engine.find<Buffer>(`/containers/${container}/archive`, { query: { path } });
  return (tar && firstFileOf(tar)?.toString()) ?? null;
}
