import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigEdit } from '@sindri/core';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

/** One value of a config and what stood there. */
export interface ConfigValue {
  /** `deployment.resources.memory`. */
  path: string;
  /** As it was written; `null` = nothing was there. */
  from: string | null;
  to: string;
}

/** A config with values that its file does not have yet. */
export interface EditedConfig {
  /** Absolute. */
  file: string;
  /** What the file is going to say. */
  text: string;
  /** Empty = it says so already. */
  values: ConfigValue[];
  /** Puts {@link EditedConfig.text} into the file. Rejects with `CONFIG_CHANGED` when it no longer says what was read. */
  write(): Promise<void>;
  /** Puts back what was there before {@link EditedConfig.write}; `false` = somebody has changed the file since, and it stays. */
  restore(): Promise<boolean>;
}

/**
 * Reads the config that the command line means and sets values in it, in memory. Rejects with what core's `readConfigText` and
 * `editConfig` throw, and with `CONFIG_UNEDITABLE` for a pipe.
 */
export async function editConfigFile(
  shell: Shell,
  config: string | undefined,
  edits: readonly ConfigEdit[],
): Promise<EditedConfig> {
  const { editConfig, readConfigText, replaceFile } = core();
  const source = { cwd: shell.cwd, ...(config === undefined ? {} : { path: config }) };
  const { file, text: original } = await readConfigText(source);
  const { text, before } = editConfig(original, edits);
  const values = edits.map(({ path: keys, value }, index) => ({
    path: keys.join('.'),
    from: before[index] ?? null,
    to: String(value),
  }));
  // A link stays one: what it leads to is replaced.
  const target = await realpath(file).catch(() => file);
  const { mode, isFile } = await stat(target).then((stats) => ({ mode: stats.mode & 0o777, isFile: stats.isFile() }));
  if (!isFile) throw unwritable('it is no regular file');

  const replace = async (expected: string, content: string): Promise<boolean> => {
    if ((await readConfigText({ cwd: shell.cwd, path: target })).text !== expected) return false;
    await replaceFile(target, content, mode).catch((error: unknown) => {
      throw unwritable(core().whyUnwritable(error).reason, error);
    });
    return true;
  };
  return {
    file,
    text,
    values: original === text ? [] : values,
    async write() {
      if (original === text || (await replace(original, text))) return;
      throw coreError({
        code: 'CONFIG_CHANGED',
        kind: 'incomplete',
        message: `${path.relative(shell.cwd, file)} was changed by somebody else meanwhile. Nothing was changed.`,
        hint: 'Run the command again.',
        retryable: true,
        details: { file },
      });
    },
    restore: async () => original === text || replace(text, original),
  };

  function unwritable(why: string, cause?: unknown) {
    return coreError({
      code: 'CONFIG_UNEDITABLE',
      kind: 'usage',
      message: `${path.relative(shell.cwd, file)} cannot be written: ${why}.`,
      hint: 'Change it by hand, then run: sindri deploy',
      details: { file },
      cause,
    });
  }
}
