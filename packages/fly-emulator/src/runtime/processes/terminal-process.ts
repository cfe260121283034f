import { Readable, Writable } from 'node:stream';
import { Socket } from 'node:net';
import type { ShellProcess } from '../ssh/shell.js';
import type { GuestProgram } from './piped-process.js';
import { signalGroup, signalName, signalNamed } from './signals.js';

const pty = () => require('@lydell/node-pty') as typeof import('@lydell/node-pty');

/** Output kept here before the terminal is held back. */
const OUTPUT_BUFFER = 1024 * 1024;
/** node-pty closes a terminal 200 ms after its process has ended, read or not. */
const LEFTOVER_CHECK_MS = 50;
const END_OF_FILE = Buffer.from([4]);

/** Starts a program on a terminal of its own. Throws where this computer has no terminals to give. */
export function startOnTerminal(
  program: GuestProgram,
  terminal: { term: string; columns: number; rows: number },
): ShellProcess {
  let native: ReturnType<typeof pty>;
  try {
    native = pty();
  } catch {
    throw new Error(
      `This emulator has no terminals on ${process.platform}-${process.arch}: @lydell/node-pty has no binary for it. ` +
        'Run a command without a terminal instead (ssh -T).',
    );
  }
  const child = native.spawn(program.file, program.args, {
    name: terminal.term,
    cols: terminal.columns,
    rows: terminal.rows,
    cwd: program.cwd,
    env: program.env,
    encoding: null,
  });
  program.owner.add(child.pid);

  let running = true;
  let paused: NodeJS.Timeout | null = null;
  const resume = (): void => {
    if (!paused) return;
    clearInterval(paused);
    paused = null;
    child.resume();
  };
  const stdout = new Readable({ highWaterMark: OUTPUT_BUFFER, read: resume });
  child.onData((data) => {
    // With `encoding: null` these are bytes, whatever the types say.
    if (stdout.destroyed || stdout.push(data) || paused) return;
    child.pause();
    paused = setInterval(() => {
      // The last output of an ended process would be lost if nobody read it now.
      if (!isAlive(child.pid)) resume();
    }, LEFTOVER_CHECK_MS);
  });
  const exited = new Promise<Awaited<ShellProcess['exited']>>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      running = false;
      program.owner.ended(child.pid);
      resume();
      stdout.push(null);
      const name = signalName(signal ?? 0);
      resolve(name === null ? { code: exitCode, signal: null } : { code: null, signal: name });
    });
  });
  return {
    stdin: terminalInput(child, () => running),
    stdout,
    stderr: Readable.from([]),
    resize({ columns, rows }) {
      if (running) child.resize(columns, rows);
    },
    signal(name) {
      const signal = signalNamed(name);
      if (running && signal) signalGroup(child.pid, signal);
    },
    exited,
  };
}

/** What is typed. Its end is the terminal's end-of-file character, as a terminal cannot be half closed. */
function terminalInput(child: ReturnType<ReturnType<typeof pty>['spawn']>, running: () => boolean): Writable {
  // The socket tells when the terminal has taken the bytes; `write` alone would buffer without bound.
  const socket: unknown = Reflect.get(child, '_socket');
  const write = (chunk: Buffer, done: () => void): void => {
    if (!running()) return done();
    if (socket instanceof Socket && !socket.destroyed) {
      socket.write(chunk, () => done());
    } else {
      child.write(chunk.toString('binary'));
      done();
    }
  };
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => write(chunk, () => done()),
    final: (done) => write(END_OF_FILE, () => done()),
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
