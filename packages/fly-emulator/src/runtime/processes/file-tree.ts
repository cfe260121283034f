import { promises as fs } from 'node:fs';
import path from 'node:path';

/** Removes a directory and everything in it; links are removed, not followed. Read-only directories are no obstacle. */
export async function removeTree(directory: string): Promise<void> {
  try {
    await fs.rm(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    await makeWritable(directory);
    await fs.rm(directory, { recursive: true, force: true });
  }
}

/** Copies a directory's content. `to` appears only when the copy is complete. A missing `from` makes an empty copy. */
export async function copyTree(from: string, to: string): Promise<void> {
  const draft = `${to}.copying`;
  await removeTree(draft);
  await fs.mkdir(draft, { recursive: true, mode: 0o700 });
  const exists = await fs.stat(from).then(
    () => true,
    () => false,
  );
  if (exists) {
    await fs.cp(from, draft, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      filter: async (source) => isCopyable(await fs.lstat(source).catch(() => null)),
    });
  }
  await removeTree(to);
  await fs.rename(draft, to);
}

/** Sockets and pipes live only as long as their processes. */
function isCopyable(stat: Awaited<ReturnType<typeof fs.lstat>> | null): boolean {
  return stat !== null && (stat.isFile() || stat.isDirectory() || stat.isSymbolicLink());
}

async function makeWritable(directory: string): Promise<void> {
  await fs.chmod(directory, 0o700);
  for (const entry of await fs.readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(path.join(directory, entry.name));
  }
}
