import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SindriError } from '../model/errors.js';
import type { JsonValue } from '../model/json.js';
import { makePrivateDirectory, unusable } from './private-directory.js';
import { replaceFile } from './replace-file.js';
import { coreError } from '../model/core-error.js';

/**
 * Small private files in one directory: `known-hosts/my-env.json`. Directories have mode 0700 and files 0600; a reader sees
 * the old content or the new one, never half of it. Between two writers the later wins.
 *
 * Entry names are parts of letters, digits, `.`, `_`, `-` and `+`, separated by `/`; a part does not start with a dot. Any
 * other name throws `STATE_NAME_INVALID`: names are often made of what a config or a platform says. A directory or a disk that
 * cannot be used is `STATE_UNUSABLE`; nothing half written is left behind.
 */
export interface FileStore {
  /** Absolute file name of an entry, for programs that need a file. Says nothing about whether it exists. */
  path(name: string): string;
  /** The text of an entry, `null` when there is none. */
  read(name: string): Promise<string | null>;
  /** The JSON value of an entry, `null` when there is none. Rejects with `STATE_CORRUPT` when it is no JSON. */
  readJson(name: string): Promise<JsonValue>;
  write(name: string, text: string): Promise<void>;
  writeJson(name: string, value: JsonValue): Promise<void>;
  /** Deleting what is not there is a success. */
  delete(name: string): Promise<void>;
}

const NAME_PART = /^[A-Za-z0-9_+-][A-Za-z0-9._+-]*$/;
const MAXIMUM_NAME_LENGTH = 200;

/** A {@link FileStore} in `directory`, which is created by the first write. */
export function createFileStore(directory: string): FileStore {
  const store: FileStore = {
    path(name) {
      const parts = name.split('/');
      if (name.length > MAXIMUM_NAME_LENGTH || !parts.every((part) => NAME_PART.test(part))) throw invalidName(name);
      return join(directory, ...parts);
    },
    async read(name) {
      try {
        // Small, and there: the threads that would wait for it take longer to start than it to read.
        return readFileSync(store.path(name), 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return null;
        throw unusable(store.path(name), error);
      }
    },
    async readJson(name) {
      const text = await store.read(name);
      if (text === null) return null;
      try {
        return JSON.parse(text) as JsonValue;
      } catch (error) {
        throw corrupt(store.path(name), error);
      }
    },
    async write(name, text) {
      const target = store.path(name);
      await makePrivateDirectory(dirname(target));
      await replaceFile(target, text, 0o600).catch((error: unknown) => {
        throw unusable(target, error);
      });
    },
    writeJson: (name, value) => store.write(name, `${JSON.stringify(value, null, 2)}\n`),
    async delete(name) {
      await rm(store.path(name), { force: true }).catch((error: NodeJS.ErrnoException) => {
        // A file in the place of the directory: there is nothing to delete.
        if (error.code === 'ENOTDIR') return;
        throw unusable(store.path(name), error);
      });
    },
  };
  return store;
}

function invalidName(name: string): SindriError {
  return coreError({
    code: 'STATE_NAME_INVALID',
    kind: 'internal',
    message: `${JSON.stringify(name.slice(0, 80))} is no name for a state entry.`,
  });
}

function corrupt(file: string, cause: unknown): SindriError {
  return coreError({
    code: 'STATE_CORRUPT',
    kind: 'usage',
    message: `The file ${file} is damaged: it is not JSON.`,
    hint: 'Delete it; Sindri makes it again.',
    details: { file },
    cause,
  });
}
