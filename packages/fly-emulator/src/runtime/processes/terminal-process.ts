import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import type { ShellProcess } from '../ssh/shell.js';
import type { GuestProgram } from './piped-process.js';
import { withoutTerminals } from './open-terminals.js';
import { openTerminal, type PseudoTerminal } from './pseudo-terminal.js';
import { signalGroup } from './signals.js';

const END_OF_FILE = Buffer.from([4]);
/** Opens the terminal as the first act of a new session, which makes it the controlling one, and becomes the program. */
const LAUNCHER = 'stty iutf8 <"$0" 2>/dev/null; exec "$@" <>"$0" >&0 2>&0';

/** Starts a program on a terminal of its own. Throws where this computer has no terminals to give. */
export function startOnTerminal(
  program: GuestProgram,
  size: { term: string; columns: number; rows: number },
): ShellProcess {
  const terminal = openTerminal(size);
  const child = spawn('/bin/sh', ['-c', LAUNCHER, terminal.path, program.file, ...program.args], {
    cwd: program.cwd,
    env: { ...program.env, TERM: size.term },
    detached: true,
    stdio: withoutTerminals(['ignore', 'ignore', 'ignore']),
  });
  if (child.pid !== undefined) program.owner.add(child.pid);

  const stdout = readTerminal(terminal);
  let running = child.pid !== undefined;
  const exited = new Promise<Awaited<ShellProcess['exited']>>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      running = false;
      if (child.pid !== undefined) program.owner.ended(child.pid);
      stdout.push(terminal.drain());
      stdout.push(null);
      terminal.close();
      resolve({ code, signal: signal === null ? null : signal.slice(3) });
    };
    child.once('exit', end);
    child.once('error', () => {
      if (!running) end(127, null);
    });
  });
  return {
    stdin: typeInto(terminal, () => running),
    stdout,
    stderr: Readable.from([]),
    resize: ({ columns, rows }) => terminal.resize(columns, rows),
    signal(name) {
      if (running && child.pid !== undefined) signalGroup(child.pid, name);
    },
    // The system tells the shell then. Told twice, bash ends at once and leaves its jobs behind.
    hangUp: () => terminal.close(),
    exited,
  };
}

/** What is printed. Destroying it hangs up the terminal, as a closed window does. */
function readTerminal(terminal: PseudoTerminal): Readable {
  const stdout = new Readable({
    read: () => void terminal.stream.resume(),
    destroy(error, done) {
      terminal.close();
      done(error);
    },
    autoDestroy: false,
  });
  terminal.stream.on('data', (chunk: Buffer) => {
    if (!stdout.push(chunk)) terminal.stream.pause();
  });
  terminal.stream.pause();
  return stdout;
}

/** What is typed. Its end is the terminal's end-of-file character, as a terminal cannot be half closed. */
function typeInto(terminal: PseudoTerminal, running: () => boolean): Writable {
  const write = (chunk: Buffer, done: () => void): void => {
    if (!running() || terminal.stream.destroyed) return done();
    // What a closing terminal does not take any more has no reader.
    terminal.stream.write(chunk, () => done());
  };
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => write(chunk, () => done()),
    final: (done) => write(END_OF_FILE, () => done()),
  });
}
