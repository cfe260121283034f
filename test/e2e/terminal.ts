import { spawn, type IPty } from '@lydell/node-pty';
import { bin, type Workplace } from './sindri';

export interface Terminal {
  /** Everything printed so far. */
  screen(): string;
  /** Resolves once `pattern` appears in what was printed after the last match. */
  expect(pattern: RegExp): Promise<RegExpMatchArray>;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  readonly exited: Promise<{ exitCode: number; signal?: number }>;
  kill(signal?: string): void;
}

/** The built command line in a real pseudo-terminal. */
export function openTerminal(workplace: Workplace, args: string[], size = { cols: 100, rows: 30 }): Terminal {
  return openProgram(workplace, process.execPath, [bin, ...args], size);
}

/** Any program in a real pseudo-terminal. */
export function openProgram(
  workplace: Workplace,
  program: string,
  args: string[],
  size = { cols: 100, rows: 30 },
): Terminal {
  const pty: IPty = spawn(program, args, {
    ...size,
    name: 'xterm-256color',
    cwd: workplace.dir,
    env: { ...workplace.env, TERM: 'xterm-256color' },
  });
  let printed = '';
  let read = 0;
  let wake = (): void => {};
  let ended = false;
  pty.onData((data) => {
    printed += data;
    wake();
  });
  const exited = new Promise<{ exitCode: number; signal?: number }>((resolve) => {
    pty.onExit((exit) => {
      ended = true;
      wake();
      resolve(exit);
    });
  });
  return {
    screen: () => printed,
    async expect(pattern) {
      for (;;) {
        const match = printed.slice(read).match(pattern);
        if (match !== null) {
          read += (match.index ?? 0) + match[0].length;
          return match;
        }
        if (ended) throw new Error(`ended without ${pattern}; printed:\n${printed}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    type: (text) => pty.write(text),
    resize: (columns, rows) => pty.resize(columns, rows),
    exited,
    kill: (signal) => pty.kill(signal),
  };
}
