import type { Config } from '@oclif/core/interfaces';
import type { ProviderRegistry, SindriError } from '@sindri/core';
import { spellCommands } from './commands-in-text.js';
import { createEventRenderer, type EventRenderer } from './event-renderer.js';
import { exitCodes } from './exit-codes.js';
import { toFailure } from './failure.js';
import { failureAnnotations, problemAnnotations } from './github-actions/annotations.js';
import { inertStream, inGitHubActions } from './github-actions/inert.js';
import type { SharedFlags } from './flags.js';
import { watchInterrupts } from './interrupts.js';
import { core } from './lazy.js';
import { startLocalPlatform } from './local-platform.js';
import { createOutput, type Output } from './output.js';
import { guessOutputMode, guessPlace, outputMode, type OutputMode } from './output-mode.js';
import { createPrompts, mayPrompt, type Prompts } from './prompts.js';
import { importModule, installedProviders } from './provider-loader.js';
import type { Answer, Shell } from './shell.js';
import { capabilitiesOf } from './terminal/capabilities.js';
import { harmlessText } from './terminal/outside-text.js';
import { guardStdout } from './terminal/stdout-guard.js';
import { typedName } from './typed-name.js';

/** The shell of a command that runs in this process, and what ends it. */
export interface Terminal {
  readonly shell: Shell;
  /** Once the flags are known. Before that, only {@link Terminal.fail} and {@link Terminal.close} make sense. */
  configure(flags: SharedFlags): void;
  finish(answer: Answer): void;
  /** Prints what went wrong and returns it. */
  fail(error: unknown): SindriError;
  close(): void;
}

export interface TerminalOptions {
  config: Config;
  argv: readonly string[];
  /** The command that shows help: `sindri deploy --help`. */
  help: string;
  /** The command ends in a process of the environment, to which stderr then belongs. */
  remote: boolean;
}

/** How long an interrupted command may take to end before it says that it is about to, in ms. */
const stopNoticeMs = 200;

/** The only place of a command's life that knows `process`. */
export function openTerminal({ config, argv, help, remote }: TerminalOptions): Terminal {
  const { stdout, env } = process;
  const inActions = inGitHubActions(env);
  const stderr = inActions ? inertStream(process.stderr) : process.stderr;
  const { createRedactor, secretValues } = core();
  const redactor = createRedactor(secretValues(env));
  const typed = typedName({ script: process.argv[1], env, cwd: process.cwd() });
  let place = guessPlace(argv, env);
  const spell = (text: string) => spellCommands(text, { typed, place });
  const guard = guardStdout(stdout, (text) => {
    quiet();
    stderr.write(redactor.text(harmlessText(redactor.text(text))));
  });
  const outputFor = (mode: OutputMode) => {
    // A document must stay whole, whatever a plugin prints. In text mode stdout may belong to a process of the environment.
    guard.enable(mode !== 'text');
    return createOutput({
      mode,
      stdout: inActions ? inertStream(guard.ours) : guard.ours,
      stderr,
      env,
      redactor,
      spell,
    });
  };

  let renderer: EventRenderer | null = null;
  let prompts: Prompts | null = null;
  let debug = false;
  let registry: ProviderRegistry | null = null;

  const quiet = () => renderer?.pause();
  let output: Output = outputFor(guessOutputMode(argv, env));
  const say: Shell['say'] = (text) => {
    quiet();
    output.leaveScreen();
    output.say(text(output.style));
  };

  let announcement: NodeJS.Timeout | undefined;
  const announceStop = () => say(() => 'Stopping … press Ctrl-C again to leave at once.');
  /** Before the last word: nothing moves below it, and nothing is said after it. */
  const settle = () => {
    clearTimeout(announcement);
    quiet();
    output.leaveScreen();
  };
  const interrupts = watchInterrupts({
    source: process,
    onFirst(name) {
      // The terminal has written `^C`, and what comes next begins its own line. What is drawn is wiped together with that.
      if (name === 'SIGINT' && stderr.isTTY && !output.onScreen && renderer?.isDrawn !== true) stderr.write('\n');
      // What ends at once, such as a watch, needs no announcement.
      announcement = setTimeout(announceStop, stopNoticeMs).unref();
    },
    onSecond: () => process.exit(exitCodes.interrupted),
  });

  let stdoutBroken = false;
  const onStdoutError = (error: NodeJS.ErrnoException) => {
    if (stdoutBroken) return;
    // Nobody reads on (`sindri logs -f | head`), or the disk is full: end as after Ctrl-C. What there is to say is said already.
    stdoutBroken = true;
    interrupts.abort(error);
  };
  stdout.on('error', onStdoutError);

  const shell: Shell = {
    cwd: process.cwd(),
    env,
    signal: interrupts.signal,
    // What is watched on a screen is looked at again and again: no news, and no room for them.
    emit: (event) => output.onScreen || renderer?.emit(event),
    working: (title) => renderer?.working(redactor.text(title)),
    redactor,
    get prompts() {
      return prompts;
    },
    say,
    stream(document, text) {
      quiet();
      output.line({ at: new Date(shell.now()).toISOString(), ...document });
      output.stream(text);
    },
    update(document, text) {
      quiet();
      output.update(document, text);
    },
    redraw(text, below) {
      quiet();
      return output.redraw(text, below);
    },
    handOver() {
      quiet();
      interrupts.dispose();
    },
    takeBack: () => interrupts.listen(),
    streams: {
      // Node makes a stream of it when it is asked for, which takes a while and few commands need.
      get stdin() {
        return process.stdin;
      },
      stdout,
      stderr: process.stderr,
    },
    providers: () => (registry ??= core().createProviderRegistry(installedProviders(config))),
    importModule: (file) => importModule(config, file),
    startLocal: (source) => startLocalPlatform(config, source),
    now: () => Date.now(),
    sleep: (ms) => core().systemClock.sleep(ms, interrupts.signal),
  };

  /** Only these are commands to the runner. Not on stdout: it may carry a document. */
  const annotate = (annotations: readonly string[]) => {
    for (const annotation of annotations) process.stderr.write(`${annotation}\n`);
  };
  const annotated = { env, cwd: shell.cwd, clean: (text: string) => redactor.text(text) };

  return {
    shell,
    configure(flags) {
      const mode = outputMode(flags);
      place = { config: flags.config, local: flags.local };
      if (mode !== output.mode) output = outputFor(mode);
      debug = flags.debug;
      renderer = createEventRenderer({
        output,
        stderr,
        stdout,
        spell,
        capabilities: capabilitiesOf(stderr, env),
        debug,
        onlyWaits: remote,
        now: shell.now,
      });
      const noInput = flags['no-input'] || mode !== 'text';
      const { streams } = shell;
      const ends = {
        stderr,
        get stdin() {
          return streams.stdin;
        },
      };
      prompts = mayPrompt(Object.assign(ends, { env, noInput })) ? createPrompts(streams) : null;
    },
    finish(answer) {
      settle();
      if (!('document' in answer)) return;
      output.answer(answer.document, (style) => answer.text(style), answer);
      if (inActions) annotate(problemAnnotations(answer.problems ?? [], annotated));
    },
    fail(error) {
      settle();
      const failure = toFailure(error, help);
      if (stdoutBroken) return failure;
      output.fail(failure);
      if (inActions) annotate(failureAnnotations(failure.toJSON(), annotated));
      if (debug) output.trace(stackOf(failure));
      return failure;
    },
    close() {
      quiet();
      output.leaveScreen();
      interrupts.dispose();
      guard.enable(false);
      // The listener for a broken pipe stays: what was written last may fail late.
    },
  };
}

/** The stack, and those of the causes. */
function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
