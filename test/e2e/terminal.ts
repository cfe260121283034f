import { openPseudoTerminal, type TerminalProgram } from '../pseudo-terminal';
import { bin, type Workplace } from './sindri';

/** The built command line in a real pseudo-terminal. */
export function openTerminal(workplace: Workplace, args: string[], size = { cols: 100, rows: 30 }): TerminalProgram {
  return openProgram(workplace, process.execPath, [bin, ...args], size);
}

/** Any program in a real pseudo-terminal, in the workplace's folder and environment. */
export function openProgram(
  workplace: Workplace,
  program: string,
  args: string[],
  size = { cols: 100, rows: 30 },
): TerminalProgram {
  return openPseudoTerminal(program, args, {
    ...size,
    cwd: workplace.dir,
    env: { ...workplace.env, TERM: 'xterm-256color' },
  });
}
