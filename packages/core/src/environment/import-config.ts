import { configText } from '../config/config-text.js';
import { loadConfig } from '../config/load.js';
import { coreError } from '../model/core-error.js';
import type { ImportedConfig, ImportFile, ImportRemark } from '../model/imported.js';
import type { ConfigProblem } from '../model/problem.js';
import { callProvider } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import { requireImported } from '../provider/imported-shape.js';
import { createProviderRegistry } from '../provider/registry.js';
import { redactError } from '../redact/redacted.js';
import { abortable } from '../abortable.js';
import { explainEnd, runPhase } from './operation.js';
import { openOutside, type OutsideOptions } from './outside.js';

/** What to make a config of, and what of the outside the provider may know. */
export interface ImportConfigOptions extends OutsideOptions {
  provider: Provider;
  /** A file of the platform's own, or what the platform has under a name. */
  source: { file: ImportFile } | { platformName: string };
  /** Instead of the name that the source has. */
  name?: string;
  /** Where a config without a name is going to be: the environment is then called like this directory. Absolute. */
  cwd: string;
}

/** A config that was made of what exists. */
export interface ImportResult {
  /** Of the environment. */
  name: string;
  /** The `sindri.yaml`. */
  text: string;
  /** What it cannot say. */
  remarks: ImportRemark[];
  /** What there is to say about it all the same: warnings, and what would stop a deploy. */
  problems: ConfigProblem[];
}

/**
 * Makes a `sindri.yaml` of a file of the platform's own, or of what runs there. Writes nothing. Rejects with `CAPABILITY_UNSUPPORTED`
 * when the provider cannot, with `CONFIG_INVALID` when no valid config says what was found, and with what the provider throws.
 */
export async function importConfig(options: ImportConfigOptions): Promise<ImportResult> {
  const { provider, source, cwd, title = options.provider.title } = options;
  const { context, redactor, signal } = openOutside(provider, options);
  try {
    signal.throwIfAborted();
    const { config, remarks } = await ask();
    const named = options.name === undefined ? config : { ...config, name: options.name };
    const origin = 'file' in source ? source.file.name : `${source.platformName} at ${title}`;
    const text = configText(named, `Made from ${origin} by: sindri import`);
    const loaded = await loadConfig(
      { text, fileName: 'The imported config', cwd },
      { env: {}, providers: createProviderRegistry([provider]) },
    );
    const problems = [...loaded.deployProblems, ...loaded.warnings];
    return { name: loaded.spec.name, text, remarks, problems };
  } catch (error) {
    throw redactError(redactor, explainEnd(error, signal));
  }

  async function ask(): Promise<ImportedConfig> {
    const { fromFile, fromPlatform } = provider.import ?? {};
    if ('file' in source) {
      if (fromFile === undefined) throw unsupported(provider, 'a file');
      const found = await callProvider(provider, 'import.fromFile', () => fromFile(source.file));
      return redactor.value(requireImported(provider, 'import.fromFile', found));
    }
    if (fromPlatform === undefined) throw unsupported(provider, 'what runs there');
    const found = await runPhase(context, 'import', `Ask ${title} about ${source.platformName}`, () =>
      abortable(
        callProvider(provider, 'import.fromPlatform', () => fromPlatform(source.platformName, context)),
        signal,
      ),
    );
    return redactor.value(requireImported(provider, 'import.fromPlatform', found));
  }
}

function unsupported({ name, title, capabilities }: Provider, what: string) {
  return coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `${title} cannot make a config of ${what}.`,
    hint: 'Begin with a new one: sindri config init',
    details: { provider: name, capability: 'import', capabilities: [...capabilities] },
  });
}
