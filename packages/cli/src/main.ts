import { homedir } from 'node:os';
import path from 'node:path';
import { Completed } from './base-command.js';
import { coreError } from './error.js';
import { exitCodeOf } from './exit-codes.js';
import { silentExit, toFailure } from './failure.js';
import { helpOf } from './help-of.js';
import { core } from './lazy.js';
import { createOutput } from './output.js';
import { guessOutputMode, guessPlace } from './output-mode.js';
import { tellPluginWarnings } from './plugin-warnings.js';
import { spellCommands } from './commands-in-text.js';
import { typedName } from './typed-name.js';
import { columnsOf, foldText } from './terminal/fold.js';
import { outliveTerminal } from './terminal/hang-up.js';
import { watchStdout, type StdoutWatch } from './terminal/stdout-failure.js';

/** Runs one command line to its end and sets the exit status of the process. */
export async function main(argv: string[]): Promise<void> {
  outliveTerminal(process);
  const { run } = require('@oclif/core/run') as typeof import('@oclif/core/run');
  const { settings } = require('@oclif/core/settings') as typeof import('@oclif/core/settings');
  // Run what was built, also of linked plugins: their sources are their authors' affair.
  settings.enableAutoTranspile = false;
  const watch = watchStdout(process.stdout, process.stderr, (exitCode) => (process.exitCode = exitCode));
  const { stderr } = process;
  const spell = (text: string) => spellCommands(text, { typed: nameOfThis(), place: guessPlace(argv, process.env) });
  const asTyped = { write: (text: string) => stderr.write(foldText(spell(text), columnsOf(stderr))) };
  tellPluginWarnings(process, asTyped, frameworkDataDir);
  try {
    requireDirectory();
    const result: unknown = await run(argv, { root: path.join(__dirname, '..') });
    // The answer is out. A connection that is still open must not keep the person waiting.
    // The framework's own commands and help return nothing of ours.
    if (result instanceof Completed) leave(result.exitCode, watch);
  } catch (error) {
    leave(silentExit(error) ?? report(error, argv), watch);
  }
}

/** Failures outside our own commands: no such command, a plugin's command, a broken installation. */
function report(error: unknown, argv: string[]): number {
  const { stdout, stderr, env } = process;
  const { createRedactor, secretValues } = core();
  const failure = toFailure(error, helpOf(argv));
  const typed = nameOfThis();
  const output = createOutput({
    mode: guessOutputMode(argv, env),
    stdout,
    stderr,
    env,
    redactor: createRedactor(secretValues(env)),
    spell: (text) => spellCommands(text, { typed, place: guessPlace(argv, env) }),
  });
  output.fail(failure);
  if (argv.includes('--debug')) output.trace(failure.stack ?? '');
  return exitCodeOf(failure.kind);
}

/** Everything asks where it is; the system no longer knows that of a directory which was removed. */
function requireDirectory(): void {
  try {
    process.cwd();
  } catch (cause) {
    // Somewhere, so that this can be told.
    process.chdir(path.parse(process.execPath).root);
    const message = 'The current directory was removed.';
    throw coreError({ code: 'USAGE', kind: 'usage', message, hint: 'Change to one that is there: cd', cause });
  }
}

/** What the person has typed to get here. */
function nameOfThis(): string {
  return typedName({ script: process.argv[1], env: process.env, cwd: process.cwd() });
}

/** Ends the process as soon as stdout and stderr have taken everything: a pipe that is full takes it when its reader goes on. */
function leave(exitCode: number, watch: StdoutWatch): void {
  // The framework sets a status of its own for everything that went wrong; only a stdout that cannot be written says more than ours.
  const exit = () => process.exit(watch.exitCode ?? exitCode);
  // A failure is reported after this. Without one nothing more is waited for: another turn of the loop makes V8 clean up.
  const leaveStdout = () => process.stdout.write('', (error) => (error ? setImmediate(exit) : exit()));
  // Mostly nothing waits there, and each write takes time.
  if (process.stderr.writableLength === 0) leaveStdout();
  else process.stderr.write('', leaveStdout);
}

/** Where the framework keeps what people install, by the rules of its `Config.dataDir`. */
function frameworkDataDir(): string {
  const { SINDRI_DATA_DIR, XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  const windows = process.platform === 'win32' ? LOCALAPPDATA : undefined;
  return SINDRI_DATA_DIR ?? path.join(XDG_DATA_HOME || windows || path.join(homedir(), '.local', 'share'), 'sindri');
}
