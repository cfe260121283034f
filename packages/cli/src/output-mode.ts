import type { PlaceOptions } from './commands-in-text.js';
import { escapeJson } from './terminal/outside-text.js';

/** What stdout carries: text for people, one JSON document, or one JSON object per line. */
export type OutputMode = 'text' | 'json' | 'ndjson';

/** A document as stdout carries it in this mode: where each line is a document, on one. */
export function documentText(document: unknown, mode: OutputMode): string {
  return `${escapeJson(JSON.stringify(document ?? null, null, mode === 'json' ? 2 : undefined))}\n`;
}

/** The options that lead to an environment, guessed likewise: see {@link guessOutputMode}. */
export function guessPlace(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): PlaceOptions {
  const own = ownWords(argv);
  const at = own.findIndex((word) => word === '-c' || word === '--config');
  const joined = own.find((word) => word.startsWith('--config='))?.slice('--config='.length);
  const config = at === -1 ? joined : own[at + 1];
  return {
    local: own.includes('--local') || isOn(env['SINDRI_LOCAL']),
    config: config ?? (env['SINDRI_CONFIG'] === '' ? undefined : env['SINDRI_CONFIG']),
  };
}

/** `--json` is `--output json`, and wins. */
export function outputMode(flags: { json?: boolean; output?: string }): OutputMode {
  if (flags.json === true) return 'json';
  return flags.output === 'json' || flags.output === 'ndjson' ? flags.output : 'text';
}

/**
 * The mode that a command line most probably means, without parsing it: for failures that happen before or while it is parsed.
 */
export function guessOutputMode(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): OutputMode {
  const own = ownWords(argv);
  const after = own[own.indexOf('--output') + 1];
  const spelled = own.includes('--output') ? after : own.find((word) => word.startsWith('--output='))?.slice(9);
  return outputMode({
    json: own.includes('--json') || isOn(env['SINDRI_JSON']),
    output: spelled ?? env['SINDRI_OUTPUT'],
  });
}

/** All before the words for a process of the environment. */
function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/** As the framework reads a variable that stands for an option. */
function isOn(value: string | undefined): boolean {
  return /^(1|true|yes|y|on)$/i.test(value ?? '');
}
