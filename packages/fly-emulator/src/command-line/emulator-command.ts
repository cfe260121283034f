import { Command } from '@oclif/core/command';

/** What a failed command of oclif knows about its end. */
interface CommandFailure extends Error {
  oclif?: { exit?: number };
  code?: string;
  suggestions?: string[];
}

/**
 * Base of the `emulator` commands. With `--json` a failure is one document of the same shape as everywhere in Sindri, and ends
 * with the exit code that the text would have had; oclif's own would lose both.
 */
export abstract class EmulatorCommand extends Command {
  static override enableJsonFlag = true;

  protected override async catch(error: CommandFailure): Promise<unknown> {
    if (this.jsonEnabled()) process.exitCode = error.oclif?.exit ?? 1;
    return super.catch(error as Parameters<Command['catch']>[0]);
  }

  protected override toErrorJson(error: unknown): unknown {
    const { message, code, oclif, suggestions } = error as CommandFailure;
    const exit = oclif?.exit ?? 1;
    return {
      error: {
        code: code ?? (exit === 2 ? 'USAGE' : exit === 3 ? 'EMULATOR_UNAVAILABLE' : 'UNEXPECTED'),
        kind: exit === 2 ? 'usage' : exit === 3 ? 'refused' : 'internal',
        message,
        ...(suggestions === undefined || suggestions.length === 0 ? {} : { hint: suggestions.join(' ') }),
        retryable: false,
        details: {},
      },
    };
  }
}
