import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { coreError } from '../../model/core-error.js';

const FILE_NAMES = ['sindri.yaml', 'sindri.yml'] as const;

/**
 * The absolute path of the config file: `given` (relative to `cwd`), or else the first `sindri.yaml` or `sindri.yml` in `cwd`
 * and its parents: also a link that leads nowhere, for the one in a parent directory is of something else. Rejects with `CONFIG_NOT_FOUND`.
 */
export async function locateConfig(given: string | undefined, cwd: string): Promise<string> {
  if (given === '' || given === '-') {
    throw coreError({
      code: 'CONFIG_NOT_FOUND',
      kind: 'usage',
      message: given === '' ? 'The name of the config is empty.' : 'A config called "-" is not looked for.',
      hint:
        given === ''
          ? `Name a file after -c, or leave -c out: then it is the ${FILE_NAMES[0]} here or in a parent directory.`
          : 'For standard input: -c /dev/stdin. For a file of that name: -c ./-',
    });
  }
  if (given !== undefined) {
    const file = path.resolve(cwd, given);
    const kind = await kindOf(file);
    if (kind === 'file' || kind === 'unknown') return file;
    throw coreError({
      code: 'CONFIG_NOT_FOUND',
      kind: 'usage',
      message: kind === 'directory' ? `${given} is a directory, not a file.` : `There is no file ${given}.`,
      hint:
        kind === 'directory'
          ? `Name the file in it: ${path.join(given, FILE_NAMES[0])}`
          : 'Name one that there is, or write this one with `sindri config init`.',
      details: { file },
    });
  }
  for (let directory = path.resolve(cwd); ; directory = path.dirname(directory)) {
    for (const name of FILE_NAMES) {
      const file = path.join(directory, name);
      if ((await kindOf(file)) === 'file') return file;
    }
    if (directory === path.dirname(directory)) break;
  }
  throw coreError({
    code: 'CONFIG_NOT_FOUND',
    kind: 'usage',
    message: `There is no ${FILE_NAMES[0]} in ${path.resolve(cwd)} or any directory above it.`,
    hint: 'Write one with `sindri config init`, or name a file with `--config`.',
    details: { cwd: path.resolve(cwd) },
  });
}

/**
 * Anything that is no directory counts as a file: also a pipe, as in `--config <(…)`, and a link, wherever it leads. Reading judges it.
 */
async function kindOf(file: string): Promise<'file' | 'directory' | 'nothing' | 'unknown'> {
  try {
    return (await stat(file)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (await isLink(file)) return 'file';
    const code = (error as NodeJS.ErrnoException).code;
    // What may not be looked at is left to reading, which says so; the search goes past it.
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'nothing' : 'unknown';
  }
}

function isLink(file: string): Promise<boolean> {
  return lstat(file).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}
