import { core } from '../lazy.js';

/** A command line cut at the first `--`: our part, and the words for the environment. */
export interface SplitCommand {
  own: string[];
  command: string[];
}

/** Cut before parsing, because the framework does not keep the order of words that occur twice. */
export function splitCommand(argv: readonly string[]): SplitCommand {
  const end = argv.indexOf('--');
  return end === -1 ? { own: [...argv], command: [] } : { own: argv.slice(0, end), command: argv.slice(end + 1) };
}

/** Throws when there is no command, and says where it belongs. */
export function requireCommand(command: readonly string[], verb: string): void {
  if (command.length > 0) return;
  const { SindriError } = core();
  throw new SindriError({
    code: 'USAGE',
    kind: 'usage',
    message: 'There is no command to run.',
    hint: `Put it after two dashes: sindri ${verb} -- ls -la`,
  });
}
