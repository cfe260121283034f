/** The files of a scripted machine, by absolute path. */
export interface ScriptFiles {
  read(path: string): Buffer | undefined;
  write(path: string, content: Buffer): void;
  remove(path: string): void;
  paths(): string[];
}

/** A root file system with volumes mounted into it; each part is a map that may outlive the machine. `readOnly` is made when it is read. */
export function createScriptFiles(
  root: Map<string, Buffer>,
  mounts: { path: string; files: Map<string, Buffer> }[],
  readOnly: ReadonlyMap<string, () => Buffer>,
): ScriptFiles {
  const place = (path: string): { files: Map<string, Buffer>; key: string } => {
    const mount = mounts.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}/`));
    return mount ? { files: mount.files, key: path.slice(mount.path.length) } : { files: root, key: path };
  };
  return {
    read(path) {
      const { files, key } = place(path);
      return files.get(key) ?? readOnly.get(path)?.();
    },
    write(path, content) {
      const { files, key } = place(path);
      files.set(key, content);
    },
    remove(path) {
      const { files, key } = place(path);
      files.delete(key);
    },
    paths: () => [
      ...root.keys(),
      ...mounts.flatMap((mount) => [...mount.files.keys()].map((key) => mount.path + key)),
      ...readOnly.keys(),
    ],
  };
}

/** As an absolute path; a relative one starts at the home. */
export function absolutePath(path: string, home: string): string {
  const expanded = path.replace(/^~(?=\/|$)/, home);
  return expanded.startsWith('/') ? expanded : `${home}/${expanded}`;
}
