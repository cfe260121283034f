import path from 'node:path';
import type { JsonObject } from '../model/json.js';
import type { Provider } from '../provider/contract.js';
import { examine, type LoadOptions } from './examine.js';
import { invalidConfig } from './invalid-config.js';
import { locateConfig } from './text/locate.js';
import type { ConfigProblem } from '../model/problem.js';
import { readConfigFile, requireConfigSize } from './text/read.js';
import type { EnvironmentSpec } from '../model/spec.js';

/** Where a config comes from: a text, a file, or the first file that is found. */
export interface ConfigSource {
  /** A file, relative to `cwd` or absolute. Without it and without `text`: `sindri.yaml` or `sindri.yml` in `cwd` or above. */
  path?: string;
  /** The config itself; then nothing is read. */
  text?: string;
  /** What to call `text` in messages. Its directory is where relative paths in the config start. */
  fileName?: string;
  /** The file whose content `text` is going to be, absolute. It is not read. */
  file?: string;
  /** Absolute. */
  cwd: string;
}

/** A config without errors that stop everything, and what it stands for. */
export interface LoadedConfig {
  spec: EnvironmentSpec;
  warnings: ConfigProblem[];
  /** Errors that stop a deploy, and nothing else. */
  deployProblems: ConfigProblem[];
  /** Absolute, `null` when the config came as text. */
  file: string | null;
  /** The config in canonical spelling with all defaults: a file with this content means the same. No secret values. */
  document: JsonObject;
  provider: Provider;
}

/**
 * Loads a config. Rejects with `CONFIG_NOT_FOUND`, `CONFIG_UNREADABLE`, or `CONFIG_INVALID`, whose `details.problems` has
 * everything that is wrong ({@link ConfigProblem}), not just the first; and with the registry's error when the provider is
 * installed but cannot be used.
 */
export async function loadConfig(source: ConfigSource, options: LoadOptions): Promise<LoadedConfig> {
  const input = await readSource(source);
  const { problems, result, failure } = await examine(input, options);
  // A provider that is not there is a mistake in the file; one that is broken is not.
  if (failure !== null && failure.code !== 'PROVIDER_NOT_FOUND') throw failure;
  if (result === null) throw invalidConfig(input.displayName, problems);
  const [warnings, deployProblems] = (['warning', 'error'] as const).map((wanted) =>
    problems.filter(({ severity }) => severity === wanted),
  ) as [ConfigProblem[], ConfigProblem[]];
  return { ...result, warnings, deployProblems, file: input.file };
}

/**
 * Judges a config. What is wrong with its content is in `problems`, in the order of the file; `spec` is `null` when one of them
 * is an error that stops everything; `provider` is what the config names, whatever else is wrong. Rejects only with `CONFIG_NOT_FOUND` and `CONFIG_UNREADABLE`.
 */
export async function validateConfig(
  source: ConfigSource,
  options: LoadOptions,
): Promise<{ problems: ConfigProblem[]; file: string | null; spec: EnvironmentSpec | null; provider: string | null }> {
  const input = await readSource(source);
  const { problems, result, named } = await examine(input, options);
  return { problems, file: input.file, spec: result?.spec ?? null, provider: named };
}

/**
 * The config file that `path` names, or the first that is found, and what it says. Rejects with `CONFIG_NOT_FOUND` and
 * `CONFIG_UNREADABLE`.
 */
export async function readConfigText(
  source: Pick<ConfigSource, 'path' | 'cwd'>,
): Promise<{ file: string; text: string }> {
  const file = await locateConfig(source.path, source.cwd);
  const displayName = source.path ?? path.relative(source.cwd, file);
  return { file, text: await readConfigFile(file, displayName, source.path !== undefined) };
}

interface SourceText {
  text: string;
  /** Absolute, `null` for text. */
  file: string | null;
  /** As the user would say it. */
  displayName: string;
  baseDir: string;
}

async function readSource({ path: given, text, fileName, file: target, cwd }: ConfigSource): Promise<SourceText> {
  if (text !== undefined && target !== undefined) {
    const displayName = path.relative(cwd, target);
    requireConfigSize(text, displayName);
    return { text, file: target, displayName, baseDir: path.dirname(target) };
  }
  if (text !== undefined) {
    const displayName = fileName ?? 'sindri.yaml';
    requireConfigSize(text, displayName);
    return { text, file: null, displayName, baseDir: path.dirname(path.resolve(cwd, displayName)) };
  }
  const { file, text: read } = await readConfigText({ ...(given === undefined ? {} : { path: given }), cwd });
  return { text: read, file, displayName: given ?? path.relative(cwd, file), baseDir: path.dirname(file) };
}
