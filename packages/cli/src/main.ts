import path from 'node:path';
import { Completed } from './base-command.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { silentExit, toFailure } from './failure.js';
import { core } from './lazy.js';
import { createOutput } from './output.js';
import { guessOutputMode } from './output-mode.js';

/** Runs one command line to its end and sets the exit status of the process. */
export async function main(argv: string[]): Promise<void> {
  const { run } = require('@oclif/core/run') as typeof import('@oclif/core/run');
  const { settings } = require('@oclif/core/settings') as typeof import('@oclif/core/settings');
  // Run what was built, also of linked plugins: their sources are their authors' affair.
  settings.enableAutoTranspile = false;
  try {
    const result: unknown = await run(argv, { root: path.join(__dirname, '..') });
    // The answer is out. A connection that is still open must not keep the person waiting.
    if (result instanceof Completed) leave(result.exitCode);
  } catch (error) {
    leave(silentExit(error) ?? report(error, argv));
  }
}

/** Failures outside our own commands: no such command, a plugin's command, a broken installation. */
function report(error: unknown, argv: string[]): number {
  const { stdout, stderr, env } = process;
  const { createRedactor, secretValues } = core();
  const failure = toFailure(error, 'sindri help');
  const output = createOutput({
    mode: guessOutputMode(argv, env),
    stdout,
    stderr,
    env,
    redactor: createRedactor(secretValues(env)),
  });
  output.fail(failure);
  if (argv.includes('--debug')) output.trace(failure.stack ?? '');
  return exitCodeOf(failure.kind);
}

/** Ends the process as soon as stdout has taken everything. */
function leave(exitCode: number): void {
  // The framework sets a status of its own for everything that went wrong; only a reader that has gone says more than ours.
  if (process.exitCode !== exitCodes.brokenPipe) process.exitCode = exitCode;
  process.stdout.write('', () => process.exit());
}
