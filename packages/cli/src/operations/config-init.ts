import path from 'node:path';
import type { Provider } from '@sindri/core';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { coreError } from '../error.js';
import { writeNewConfig } from './new-config-file.js';

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

/** Of the name of a directory: platforms have their own limits, and put something of theirs behind it. */
const LONGEST_GUESS = 40;

/** Writes a first `sindri.yaml`. Rejects with `CONFIG_EXISTS` rather than overwrite one. */
export async function initConfig(shell: Shell, request: InitRequest): Promise<InitResult> {
  const { initialConfig } = core();
  const provider = await chooseProvider(shell, request.provider);
  const text = initialConfig({
    name: request.name ?? path.basename(shell.cwd).slice(0, LONGEST_GUESS),
    provider,
    ...(request.profile === undefined ? {} : { profile: request.profile }),
  });
  const name = await nameIn(shell, text, request.file ?? 'sindri.yaml');
  const file = await writeNewConfig(shell, request, text);
  return { schema: 'sindri.config-init/1', file, name, provider: provider.name };
}

/** The one that was asked for must exist; without a wish, the first that is installed. */
async function chooseProvider(shell: Shell, wanted: string | undefined): Promise<Provider> {
  const providers = shell.providers();
  const name = wanted ?? providers.list()[0]?.name;
  if (name !== undefined) return providers.get(name);
  throw coreError({
    code: 'PROVIDER_NOT_FOUND',
    kind: 'usage',
    message: 'No provider is installed.',
    hint: 'Install the plugin that brings one: sindri plugins install <package>',
  });
}

/** The name that the text gives the environment. Rejects rather than let a file be written that does not validate. */
async function nameIn(shell: Shell, text: string, file: string): Promise<string> {
  const { loadConfig } = core();
  const source = { text, fileName: file, cwd: shell.cwd };
  const loaded = loadConfig(source, { env: shell.env, providers: shell.providers() });
  const { spec, deployProblems } = await loaded.catch((error: unknown) => {
    throw refusedChoice(error, file);
  });
  if (deployProblems.length === 0) return spec.name;
  throw coreError({
    code: 'CONFIG_INVALID',
    kind: 'usage',
    message: `The provider "${spec.provider}" refuses its own first config: ${deployProblems.map(({ message }) => message).join(' ')}`,
    hint: 'Please tell its authors.',
    details: { problems: deployProblems.map((problem) => ({ ...problem })) },
  });
}

/** What is wrong came with an option: a line of a file that was never written helps nobody. */
function refusedChoice(error: unknown, file: string): unknown {
  const { isSindriError } = core();
  if (!isSindriError(error) || error.code !== 'CONFIG_INVALID') return error;
  const problems = (error.details['problems'] ?? []) as { message: string; hint?: string }[];
  return coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `${file} was not written: ${problems.map(({ message }) => message).join(' ')}`,
    hint: problems.flatMap(({ hint }) => hint ?? []).join('\n') || 'See: sindri config init --help',
    details: { problems },
    cause: error,
  });
}
