import { openPseudoTerminal, type TerminalProgram } from '../../../../test/pseudo-terminal';
import { bin, type Workplace } from './workplace';

/** The built command line in a pseudo-terminal. */
export function openPty(workplace: Workplace, args: string[], env: Record<string, string> = {}): TerminalProgram {
  return openPseudoTerminal(process.execPath, [bin, ...args], options(workplace, env));
}

/** A script of the shell in a pseudo-terminal; the command line with `args` is its `"$@"`. */
export function openShell(workplace: Workplace, script: string, args: string[]): TerminalProgram {
  return openPseudoTerminal('sh', ['-c', script, 'sh', process.execPath, bin, ...args], options(workplace));
}

const options = (workplace: Workplace, env: Record<string, string> = {}) => ({
  cols: 100,
  rows: 30,
  cwd: workplace.dir,
  env: { ...workplace.env, TERM: 'xterm-256color', ...env },
});
