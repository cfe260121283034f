import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

export interface InitRequest {
  /** Where to write; `sindri.yaml` here when absent. */
  file?: string;
  name?: string;
  provider?: string;
  profile?: string;
  /** Overwrite. */
  force: boolean;
}

export interface InitResult {
  schema: 'sindri.config-init/1';
  /** Absolute. */
  file: string;
  name: string;
  provider: string;
}

/** Writes a first `sindri.yaml`. Rejects with `CONFIG_EXISTS` rather than overwrite one. */
export async function initConfig(shell: Shell, request: InitRequest): Promise<InitResult> {
  const { SindriError, initialConfig } = core();
  const provider = await chooseProvider(shell, request.provider);
  const name = request.name ?? nameFrom(path.basename(shell.cwd));
  const text = initialConfig({
    name,
    provider,
    ...(request.profile === undefined ? {} : { profile: request.profile }),
  });
  await mustBeValid(shell, text);
  const shown = request.file ?? 'sindri.yaml';
  const file = path.resolve(shell.cwd, shown);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text, { flag: request.force ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new SindriError({
      code: 'CONFIG_EXISTS',
      kind: 'usage',
      message: `${shown} exists already.`,
      hint: 'Give --force to replace it, or -c FILE to write another file.',
      details: { file },
    });
  }
  return { schema: 'sindri.config-init/1', file, name, provider };
}

/** `My Project (2)` → `my-project-2`: names start with a letter and know small letters, digits and hyphens. */
export function nameFrom(directory: string): string {
  const name = directory
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return name === '' ? 'my-sindri' : name;
}

/** The one that was asked for must exist; without a wish, the first that is installed. */
async function chooseProvider(shell: Shell, wanted: string | undefined): Promise<string> {
  const providers = shell.providers();
  const name = wanted ?? providers.list()[0]?.name ?? 'fly';
  return (await providers.get(name)).name;
}

async function mustBeValid(shell: Shell, text: string): Promise<void> {
  await core().loadConfig(
    { text, fileName: 'sindri.yaml', cwd: shell.cwd },
    { env: shell.env, providers: shell.providers() },
  );
}
