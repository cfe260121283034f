/** What stdout carries: text for people, one JSON document, or one JSON object per line. */
export type OutputMode = 'text' | 'json' | 'ndjson';

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
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const after = own[own.indexOf('--output') + 1];
  const spelled = own.includes('--output') ? after : own.find((word) => word.startsWith('--output='))?.slice(9);
  return outputMode({
    json: own.includes('--json') || /^(1|true|yes|y|on)$/i.test(env['SINDRI_JSON'] ?? ''),
    output: spelled ?? env['SINDRI_OUTPUT'],
  });
}
