import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigProblem, ImportRemark, Provider } from '@sindri/core';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';
import { writeNewConfig, type NewConfigFile } from './new-config-file.js';
import { localPlace, openFor } from './open.js';
import { readNamedFile } from './read-named-file.js';

export interface ImportRequest extends NewConfigFile {
  /** A file of the platform's own, or what it calls what runs there. */
  source: string;
  /** Another name for the environment. */
  name?: string;
  provider?: string;
  /** Read what is at the provider's local emulator. */
  local: boolean;
}

export interface ImportOutcome {
  schema: 'sindri.import/1';
  /** The config that was written, absolute. */
  file: string;
  name: string;
  provider: string;
  source: { kind: 'file' | 'platform'; name: string };
  /** What the config cannot say. */
  remarks: ImportRemark[];
  /** What there is to say about the config. */
  problems: ConfigProblem[];
  /** What a deploy of it would do to what runs; `null` for a file, and when that could not be planned. */
  plan: {
    changes: number;
    /** Something was made without Sindri, and is taken over with --adopt only. */
    adopts: boolean;
  } | null;
  /** Why nothing could be planned; `null` = it could, or nothing runs. */
  unplanned: { code: string; message: string; hint?: string } | null;
}

/** Far above any file of this kind, low enough that a wrong one is refused at once. */
const LONGEST_FILE = 256 * 1024;

/**
 * Writes a `sindri.yaml` of what runs, or of a file of the platform's own, and plans it over what runs. Rejects with `USAGE` for a file
 * that no provider reads, with `CONFIG_EXISTS`, and with what `importConfig` of core throws.
 */
export async function importEnvironment(shell: Shell, request: ImportRequest): Promise<ImportOutcome> {
  const { source, name, local, force } = request;
  const target = request.file ?? 'sindri.yaml';
  if (!force) await requireAbsent(shell, target);
  const isFile = await meansFile(shell, source);
  const fileName = path.basename(source);
  const provider = await chooseProvider(shell, request, isFile ? fileName : null);
  const readText = () => readNamedFile({ file: source, cwd: shell.cwd, maximumBytes: LONGEST_FILE });
  const place = local && !isFile ? await localPlace(shell, provider.name) : { env: shell.env };
  const { text, ...imported } = await core().importConfig({
    ...place,
    provider,
    source: isFile ? { file: { name: fileName, text: await readText() } } : { platformName: source },
    cwd: path.dirname(path.resolve(shell.cwd, target)),
    ...(name === undefined ? {} : { name }),
    redactor: shell.redactor,
    onEvent: shell.emit,
    signal: shell.signal,
  });
  const file = await writeNewConfig(shell, request, text);
  return {
    schema: 'sindri.import/1',
    file,
    name: imported.name,
    provider: provider.name,
    source: { kind: isFile ? 'file' : 'platform', name: isFile ? path.resolve(shell.cwd, source) : source },
    remarks: imported.remarks,
    // The config is a file by now.
    problems: imported.problems.map((problem) => (problem.file === undefined ? problem : { ...problem, file: target })),
    ...(isFile ? { plan: null, unplanned: null } : await planOver(shell, file, local)),
  };
}

/** Before anything is asked: it would be in vain. */
async function requireAbsent(shell: Shell, target: string): Promise<void> {
  const there = await stat(path.resolve(shell.cwd, target)).catch(() => null);
  if (there === null) return;
  throw coreError({
    code: 'CONFIG_EXISTS',
    kind: 'usage',
    message: `${target} exists already.`,
    hint: 'Give --force to replace it, or -c FILE to write another file.',
    details: { file: path.resolve(shell.cwd, target) },
  });
}

/** A path says so; a bare word is a file where there is one. */
async function meansFile({ cwd }: Shell, source: string): Promise<boolean> {
  if (/[/\\]|\.[a-z]+$/i.test(source)) return true;
  const there = await stat(path.resolve(cwd, source)).catch(() => null);
  return there?.isFile() === true;
}

/** Whoever reads files of this name, or can be asked for what runs; the one that was named must be able to. */
async function chooseProvider(shell: Shell, { provider: wanted, local }: ImportRequest, fileName: string | null) {
  const registry = shell.providers();
  if (wanted !== undefined) return registry.get(wanted);
  const usable = registry.list().filter((source) => fileName !== null || !local || source.local !== undefined);
  const names = [...new Set(usable.map((source) => source.name))];
  const loaded = (await Promise.all(names.map((one) => registry.get(one).catch(() => null)))).filter(
    (provider) => provider !== null,
  );
  const able = loaded.filter((provider) =>
    fileName === null ? provider.import?.fromPlatform !== undefined : reads(provider, fileName),
  );
  const [first, ...others] = able;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    throw coreError({
      code: 'USAGE',
      kind: 'usage',
      message: `Several providers can import it: ${able.map((one) => one.name).join(', ')}.`,
      hint: `Say which one is meant: --provider ${first.name}`,
    });
  }
  const files = loaded.flatMap((one) => one.import?.files ?? []);
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message:
      fileName === null
        ? 'No installed provider can make a config of what runs.'
        : `No installed provider reads a file called ${fileName}.`,
    hint:
      files.length === 0
        ? 'Begin with a new one: sindri config init'
        : `Files that can be imported: ${files.join(', ')}. For one with another name, say whose it is: --provider NAME`,
    details: { capability: 'import' },
  });
}

function reads({ import: member }: Provider, fileName: string): boolean {
  return member?.fromFile !== undefined && member.files?.includes(fileName) === true;
}

/** The plan is the proof of the config; that it cannot be made takes nothing from what was written. */
async function planOver(
  shell: Shell,
  config: string,
  local: boolean,
): Promise<Pick<ImportOutcome, 'plan' | 'unplanned'>> {
  try {
    const environment = await openFor(shell, { config, local });
    const { changes } = await environment.plan({ intent: 'deploy', adopt: true });
    const adopts = changes.some(({ action }) => action === 'adopt');
    return { plan: { changes: changes.length, adopts }, unplanned: null };
  } catch (error) {
    if (shell.signal.aborted) throw error;
    const { code, message, hint } = core().toSindriError(error);
    return { plan: null, unplanned: { code, message, ...(hint === undefined ? {} : { hint }) } };
  }
}
