import { Command } from '@oclif/core/command';
import type { Input, ParserOutput } from '@oclif/core/interfaces';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { sharedFlags, type SharedFlags } from './flags.js';
import type { Answer, Shell } from './shell.js';

/** What a finished command of ours returns to the entry point: its answer is out, the process may end. */
export class Completed {
  constructor(
    readonly exitCode: number,
    /** What the command answered, for whoever runs it inside a program. `undefined` after a failure. */
    readonly document: unknown,
  ) {}
}

export interface PerformOptions {
  /** The exit status is that of a process in the environment, see `exitCodeOf`. */
  remote?: boolean;
  /** The part of the command line that is ours; default all of it. */
  argv?: string[];
}

/** Parsed flags or arguments by name. */
type Values = Record<string, unknown>;

/**
 * Shared flags, interrupts, and the one way from a result or an error to text and an exit status. A command declares itself
 * and hands a function to {@link BaseCommand.perform}.
 */
export abstract class BaseCommand extends Command {
  static override baseFlags = sharedFlags;

  /** Parses the command line, runs `action` with a shell, prints what comes out. Never rejects. */
  protected async perform<F extends Values, B extends Values, A extends Values>(
    input: Input<F, B, A>,
    action: (call: ParserOutput<F, B, A>, shell: Shell) => Promise<Answer>,
    options: PerformOptions = {},
  ): Promise<Completed> {
    // Loaded here, not above: a command file is also read for its help alone.
    const { openTerminal } = require('./terminal-shell.js') as typeof import('./terminal-shell.js');
    const argv = options.argv ?? this.argv;
    const help = `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')} --help`;
    const terminal = openTerminal({ config: this.config, argv, help, remote: options.remote === true });
    try {
      const call = await this.parse(input, argv);
      terminal.configure(call.flags as unknown as SharedFlags);
      const answer = await action(call, terminal.shell);
      terminal.finish(answer);
      return new Completed(answer.exitCode ?? exitCodes.done, 'document' in answer ? answer.document : undefined);
    } catch (error) {
      const failure = terminal.fail(error);
      return new Completed(exitCodeOf(failure.kind, options), undefined);
    } finally {
      terminal.close();
    }
  }
}
