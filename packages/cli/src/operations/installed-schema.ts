import { lstat, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonSchema, ProviderRegistry } from '@sindri/core';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { composedSchema } from './config-schema.js';
import { makeDirectory } from './make-directory.js';

export interface InstallSchemaResult {
  schema: 'sindri.config-schema-install/1';
  /** The schema, absolute. */
  file: string;
  /** The config whose first line points to it, absolute. */
  config: string;
  /** Whether that line was added to the config now. */
  lineAdded: boolean;
  /** The providers whose options it knows. */
  providers: string[];
}

/** Where this user's installed schemas are noted, so that they follow the installed providers. */
const RECORD = 'editor-schemas';
/** More projects than anybody works on; the oldest are forgotten. */
const MOST_RECORDED = 200;
const LONGEST_SCHEMA = 4 * 1024 * 1024;

/**
 * Saves the composed schema where the schema line of the config points, and adds the line to a config that has none. Rejects with
 * `SCHEMA_PLACE` when it points to an address, out of the directory of the config, or to a file that is something else: a config may be
 * somebody else's.
 */
export async function installSchema(shell: Shell, config: string | undefined): Promise<InstallSchemaResult> {
  const { DEFAULT_SCHEMA_PATH, readConfigText, replaceFile, schemaReference, withSchemaLine } = core();
  const source = { cwd: shell.cwd, ...(config === undefined ? {} : { path: config }) };
  const { file: configFile, text } = await readConfigText(source);
  const reference = schemaReference(text);
  const base = path.dirname(await realpath(configFile));
  const file = await placeOf(base, reference ?? DEFAULT_SCHEMA_PATH);
  const { schema, providers, leftOut } = await composedSchema(shell.providers());
  for (const { name, message } of leftOut) {
    shell.say((style) => style.magenta(`Left out the provider "${name}": ${message}`));
  }
  await save(file, schema);
  if (reference === null) {
    const target = await realpath(configFile);
    await replaceFile(target, withSchemaLine(text, DEFAULT_SCHEMA_PATH), (await stat(target)).mode & 0o777);
  }
  await record(shell.env, file);
  return {
    schema: 'sindri.config-schema-install/1',
    file,
    config: configFile,
    lineAdded: reference === null,
    providers,
  };
}

/** Brings every schema that was installed up to the providers of `registry`. Never rejects; returns what was rewritten. */
export async function refreshSchemas(env: Shell['env'], registry: ProviderRegistry): Promise<string[]> {
  try {
    const known = await recorded(env);
    const here = (await Promise.all(known.map(async (file) => ((await isOurs(file)) ? [file] : [])))).flat();
    if (here.length === 0) return [];
    const { schema } = await composedSchema(registry);
    const written = await Promise.all(
      here.map((file) =>
        save(file, schema).then(
          () => [file],
          () => [],
        ),
      ),
    );
    return written.flat();
  } catch {
    // It is a courtesy of another command.
    return [];
  }
}

/** The file that a schema line means, judged: whoever wrote the config must not choose what of this user's is overwritten. */
async function placeOf(base: string, reference: string): Promise<string> {
  const refuse = (why: string) =>
    coreError({
      code: 'SCHEMA_PLACE',
      kind: 'usage',
      message: `The schema line of the config points to ${reference}: ${why}.`,
      hint: 'Let it point to a .json file below the config: # yaml-language-server: $schema=.sindri/schema.json',
      details: { reference },
    });
  if (/^[a-z][a-z0-9+.-]+:/i.test(reference)) throw refuse('an address, where nothing can be saved');
  const file = path.resolve(base, reference);
  if (path.isAbsolute(reference) || !isBelow(base, file)) throw refuse('out of the directory of the config');
  if (!file.endsWith('.json')) throw refuse('no .json file');
  // A directory on the way may be a link.
  const directory = await nearestDirectory(path.dirname(file));
  if (directory !== base && !isBelow(base, directory)) throw refuse('out of the directory of the config, by a link');
  if ((await contentOf(file)) !== null && !(await isOurs(file))) throw refuse('a file that is no schema of Sindri');
  return file;
}

function isBelow(base: string, file: string): boolean {
  const relative = path.relative(base, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

async function nearestDirectory(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch {
    return nearestDirectory(path.dirname(directory));
  }
}

/** `null` = there is nothing; empty for what cannot be a schema, such as a pipe, which would be read for ever. */
async function contentOf(file: string): Promise<string | null> {
  const stats = await lstat(file).catch(() => null);
  if (stats === null) return null;
  return stats.isFile() && stats.size <= LONGEST_SCHEMA ? readFile(file, 'utf8').catch(() => '') : '';
}

async function isOurs(file: string): Promise<boolean> {
  try {
    const { $id } = JSON.parse((await contentOf(file)) ?? '') as { $id?: unknown };
    return $id === core().composeConfigSchema([])['$id'];
  } catch {
    return false;
  }
}

/** A directory of its own does not go into version control: it is made from what is installed here. */
async function save(file: string, schema: JsonSchema): Promise<void> {
  const directory = path.dirname(file);
  await makeDirectory(directory);
  if (path.basename(directory) === '.sindri') {
    await writeFile(path.join(directory, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  }
  await core().replaceFile(file, `${JSON.stringify(schema, null, 2)}\n`, 0o644);
}

async function record(env: Shell['env'], file: string): Promise<void> {
  const known = await recorded(env).catch(() => []);
  const files = [file, ...known.filter((other) => other !== file)].slice(0, MOST_RECORDED);
  await storeOf(env).writeJson(RECORD, files);
}

async function recorded(env: Shell['env']): Promise<string[]> {
  const known = await storeOf(env).readJson(RECORD);
  return Array.isArray(known) ? known.filter((file) => typeof file === 'string') : [];
}

function storeOf(env: Shell['env']) {
  const { createFileStore, defaultStateDir } = core();
  return createFileStore(defaultStateDir(env));
}
