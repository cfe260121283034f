import { coreError } from '../error.js';

/** `--watch 10` and `--watch=10` as `--watch --interval 10`: the framework knows no option whose value may be absent. */
export function spellOutWatch(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    const before = argv[index - 1];
    if ((before === '--watch' || before === '-w') && /^\d/.test(word)) return ['--interval', word];
    const joined = /^(?:--watch|-w)=(\d.*)$/.exec(word);
    return joined === null ? [word] : ['--watch', '--interval', joined[1] as string];
  });
}

/** One document cannot hold what has no end: throws when `--json` meets `--watch` or `--follow`. */
export function watchNeedsLines(flags: { json?: boolean; output?: string }, flag = '--watch'): void {
  if (flags.json !== true && flags.output !== 'json') return;
  throw coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `${flag} has no end, and --json prints one document at the end.`,
    hint: 'Use --output ndjson: one document per line.',
  });
}
