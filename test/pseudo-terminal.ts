import { closeSync, constants, openSync } from 'node:fs';
import { spawn, type IPtyForkOptions } from '@lydell/node-pty';

/** A program in a real pseudo-terminal, with the test at its keys. */
export interface TerminalProgram {
  /** Everything printed so far. */
  printed(): string;
  /** Resolves once `pattern` appears in what was printed after the last match. Rejects, with what was printed, when the program ended without it or is silent for half a minute. */
  expect(pattern: RegExp): Promise<RegExpExecArray>;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Closes the terminal, as the button of its window does. */
  hangUp(): void;
  /** The exit code; everything was printed by then. */
  readonly exited: Promise<number>;
  /** Ends it with `SIGKILL` when it has not ended by itself, as after a failed expectation. */
  kill(): void;
}

/** Runs `program` in a pseudo-terminal. `onPrint` is called with everything printed so far whenever there is more. */
export function openPseudoTerminal(
  program: string,
  args: string[],
  options: IPtyForkOptions,
  onPrint: (printed: string, terminal: TerminalProgram) => void = () => undefined,
): TerminalProgram {
  const pty = spawn(program, args, { name: 'xterm-256color', ...options });
  // A terminal that nobody holds any more is read as ended by libuv, and the last words of the program, still in the kernel, are lost.
  const held = openSync(deviceOf(pty), constants.O_RDWR | constants.O_NOCTTY);
  let printed = '';
  let read = 0;
  let ended = false;
  let wake = (): void => undefined;
  pty.onData((data) => {
    printed += data;
    onPrint(printed, terminal);
    wake();
  });
  const exited = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      closeSync(held);
      ended = true;
      wake();
      resolve(exitCode);
    });
  });
  /** Whether there is more to read, or the end, within half a minute: a test that waits longer would be ended without a word of what it has seen. */
  function printsMore(): Promise<boolean> {
    return new Promise((resolve) => {
      const silent = setTimeout(() => resolve(false), 30_000);
      wake = () => {
        clearTimeout(silent);
        resolve(true);
      };
    });
  }
  const terminal: TerminalProgram = {
    printed: () => printed,
    exited,
    kill: () => {
      if (!ended) pty.kill('SIGKILL');
    },
    type: (text) => pty.write(text),
    resize: (columns, rows) => pty.resize(columns, rows),
    hangUp: () => (pty as unknown as { destroy(): void }).destroy(),
    async expect(pattern) {
      for (;;) {
        const match = pattern.exec(printed.slice(read));
        if (match !== null) {
          read += match.index + match[0].length;
          return match;
        }
        if (ended) throw new Error(`ended without ${pattern}; printed:\n${printed}`);
        if (!(await printsMore())) throw new Error(`silent without ${pattern}; printed:\n${printed}`);
      }
    },
  };
  return terminal;
}

/** The programs' side of the terminal: node-pty knows it, and does not tell. */
function deviceOf(pty: object): string {
  return (pty as { _pty: string })._pty;
}
