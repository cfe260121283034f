import path from 'node:path';
import { coreError } from '../error.js';
import type { Shell } from '../shell.js';
import { writeFile } from './write-file.js';

export interface NewConfigFile {
  /** Where to write; `sindri.yaml` here when absent. */
  file?: string;
  /** Overwrite. */
  force: boolean;
}

/** Writes a new config and returns its absolute name. Rejects with `CONFIG_EXISTS` rather than overwrite one, and with `FILE_UNWRITABLE`. */
export async function writeNewConfig(
  shell: Shell,
  { file: given, force }: NewConfigFile,
  text: string,
): Promise<string> {
  const shown = given ?? 'sindri.yaml';
  const file = path.resolve(shell.cwd, shown);
  if (await writeFile(file, text, { replace: force })) return file;
  throw coreError({
    code: 'CONFIG_EXISTS',
    kind: 'usage',
    message: `${shown} exists already.`,
    hint: 'Give --force to replace it, or -c FILE to write another file.',
    details: { file },
  });
}
