import { readFile, readdir, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { makeDirectory } from './make-directory.js';
import { writeFile } from './write-file.js';
import { quoteWord } from './shell-words.js';

/** In which language a provider is written. */
export type ProviderLanguage = 'typescript' | 'javascript';

export interface NewProviderRequest {
  /** `deployment.provider` will say it. */
  name: string;
  language: ProviderLanguage;
  /** Default: `sindri-provider-<name>` here. */
  directory?: string;
  /** The directory with one folder of templates for each language. */
  templates: string;
  /** Of Sindri: what the new package is tested with. */
  version: string;
}

export interface NewProviderResult {
  schema: 'sindri.provider-new/1';
  name: string;
  /** Of the npm package. */
  package: string;
  language: 'typescript' | 'javascript';
  /** Absolute. */
  directory: string;
  /** Relative to the directory, sorted. */
  files: string[];
  /** Every capability of the contract: the new provider has none of them yet. */
  missing: string[];
  /** What to type next, in this order. */
  next: string[];
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 40;
/** Template files that npm would not pack, or would obey, under their own name. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/**
 * Writes the package of a new provider: one that works, with the kit as its test. Rejects with `USAGE` for a name that a
 * provider cannot have, `PROVIDER_DUPLICATE` for one that is installed, and `FILE_EXISTS` rather than write where something is.
 */
export async function newProvider(shell: Shell, request: NewProviderRequest): Promise<NewProviderResult> {
  const { name, language } = request;
  requireName(name);
  requireFree(shell, name);
  const shown = request.directory ?? `sindri-provider-${name}`;
  const directory = path.resolve(shell.cwd, shown);
  const source = path.join(request.templates, language);
  const files = await filesIn(source);
  const there = await requireEmpty(directory, shown);
  await makeDirectory(directory);
  const written: string[] = [];
  try {
    for (const file of files) {
      shell.signal.throwIfAborted();
      const target = file.split('/').map((part) => RENAMED[part] ?? part);
      const text = await readFile(path.join(source, file), 'utf8');
      const place = path.join(directory, ...target);
      // Never over something that has come meanwhile.
      if (!(await writeFile(place, fillIn(text, file, request), { replace: false }))) {
        throw exists(place, `${place} exists already.`);
      }
      written.push(target.join('/'));
    }
  } catch (error) {
    // Half a package would be in the way of the next attempt.
    await takeBack(directory, files, written);
    if (!there) await rmdir(directory).catch(() => undefined);
    throw error;
  }
  return {
    schema: 'sindri.provider-new/1',
    name,
    package: `sindri-provider-${name}`,
    language,
    directory,
    files: written.sort(),
    missing: [...core().CAPABILITIES],
    next: [
      `cd ${quoteWord(path.relative(shell.cwd, directory) || '.')}`,
      'npm install',
      'npm test',
      'sindri plugins link .',
      `sindri provider verify ${name}`,
    ],
  };
}

function requireName(name: string): void {
  if (NAME.test(name) && name.length <= LONGEST_NAME && !(name in {})) return;
  const meant = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, LONGEST_NAME);
  throw coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `${JSON.stringify(name)} cannot be the name of a provider: it is small letters, digits and single hyphens, begins with a letter, and has at most ${LONGEST_NAME} characters.`,
    ...(NAME.test(meant) && meant !== name ? { hint: `Did you mean "${meant}"?` } : {}),
  });
}

function requireFree(shell: Shell, name: string): void {
  const taken = shell
    .providers()
    .list()
    .find((provider) => provider.name === name);
  if (taken === undefined) return;
  throw coreError({
    code: 'PROVIDER_DUPLICATE',
    kind: 'usage',
    message: `A provider "${name}" is installed already, from ${taken.origin}.`,
    hint: 'Choose another name: two providers with one name cannot be used.',
    details: { provider: name, origin: taken.origin },
  });
}

/** Removes the files that were written, and the folders that hold nothing else. */
async function takeBack(directory: string, files: readonly string[], written: readonly string[]): Promise<void> {
  for (const file of written) await unlink(path.join(directory, file)).catch(() => undefined);
  const folders = new Set(files.flatMap((file) => foldersOf(file)));
  // The innermost first.
  for (const folder of [...folders].sort().reverse()) await rmdir(path.join(directory, folder)).catch(() => undefined);
}

/** `a` and `a/b` of `a/b/c`. */
function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Whether the directory is there already. */
async function requireEmpty(directory: string, shown: string): Promise<boolean> {
  const there = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unusable(shown, error);
  });
  if (there === null) return false;
  if (there.isDirectory()) {
    const entries = await readdir(directory).catch((error: Error) => {
      throw unusable(shown, error);
    });
    if (entries.length === 0) return true;
  }
  throw exists(directory, there.isDirectory() ? `The directory ${shown} is not empty.` : `${shown} exists already.`);
}

function exists(file: string, message: string): Error {
  const hint = 'Name another directory with --dir: nothing is ever written over.';
  return coreError({ code: 'FILE_EXISTS', kind: 'usage', message, hint, details: { file } });
}

function unusable(shown: string, cause: Error): Error {
  const message = `The directory ${shown} cannot be used: ${cause.message}.`;
  return coreError({ code: 'USAGE', kind: 'usage', message, hint: 'Name another one with --dir.', cause });
}

/** Every file below a directory, with `/` between its folders, without what a build or an install has left there. */
async function filesIn(directory: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    if (!entry.isDirectory()) files.push(entry.name);
    else files.push(...(await filesIn(path.join(directory, entry.name))).map((file) => `${entry.name}/${file}`));
  }
  return files.sort();
}

/** The templates are packages that work, of a provider `my-platform`. */
function fillIn(text: string, file: string, { name, version }: NewProviderRequest): string {
  const words = name.split('-');
  const capitalized = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const filled = text
    .replaceAll('my-platform', name)
    .replaceAll('MY_PLATFORM', words.join('_').toUpperCase())
    .replaceAll('MyPlatform', capitalized.join(''))
    .replaceAll('My Platform', capitalized.join(' '));
  if (file !== 'package.json') return filled;
  return filled.replace(/("@sindri\/[a-z-]+": ")[^"]*"/g, `$1^${version}"`);
}
