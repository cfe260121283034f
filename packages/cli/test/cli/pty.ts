import { openPseudoTerminal, type TerminalProgram } from '../../../../test/pseudo-terminal';
import { bin, type Workplace } from './workplace';

/** The built command line in a pseudo-terminal. */
export function openPty(workplace: Workplace, args: string[], env: Record<string, string> = {}): TerminalProgram {
  return openPseudoTerminal(process.execPath, [bin, ...args], {
    cols: 100,
    rows: 30,
    cwd: workplace.dir,
    env: { ...workplace.env, TERM: 'xterm-256color', ...env },
  });
}
