import { spawn } from '@lydell/node-pty';
import { bin, type Workplace } from './workplace';

export interface Pty {
  /** Resolves once `pattern` appears in what was printed after the last match. */
  expect(pattern: RegExp): Promise<string>;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Everything that was printed. */
  printed(): string;
  readonly exited: Promise<number>;
  /** Ends it when it has not ended by itself, as after a failed expectation. */
  end(): void;
}

/** The built command line in a pseudo-terminal. */
export function openPty(workplace: Workplace, args: string[], env: Record<string, string> = {}): Pty {
  const pty = spawn(process.execPath, [bin, ...args], {
    cols: 100,
    rows: 30,
    name: 'xterm-256color',
    cwd: workplace.dir,
    env: { ...workplace.env, TERM: 'xterm-256color', ...env },
  });
  let printed = '';
  let read = 0;
  let ended = false;
  let wake = (): void => undefined;
  pty.onData((data) => {
    printed += data;
    wake();
  });
  const exited = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      ended = true;
      wake();
      resolve(exitCode);
    });
  });
  return {
    printed: () => printed,
    exited,
    end: () => {
      if (!ended) pty.kill('SIGKILL');
    },
    type: (text) => pty.write(text),
    resize: (columns, rows) => pty.resize(columns, rows),
    async expect(pattern) {
      for (;;) {
        const match = pattern.exec(printed.slice(read));
        if (match !== null) {
          read += match.index + match[0].length;
          return match[0];
        }
        if (ended) throw new Error(`ended without ${String(pattern)}; printed:\n${printed}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
