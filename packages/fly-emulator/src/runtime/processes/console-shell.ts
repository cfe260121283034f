import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { splitWords } from '../../rest/split-words.js';
import type { ShellRequest, SshShell } from '../ssh/shell.js';
import { loginShell } from './guest-environment.js';
import type { MachinePlaces } from './machine-root.js';
import { resolveProgram } from './main-command.js';
import { startPiped, type GuestProgram } from './piped-process.js';
import { startOnTerminal } from './terminal-process.js';

/** Where a shell of each user begins. All are the one user of this computer. */
const USERS = ['root', 'developer'];

/**
 * What Fly's own SSH server runs: a command as it is, without a shell around it, and a shell when there is none. Users are told apart
 * by their home directory only.
 */
export function createConsoleShell(machine: {
  places: MachinePlaces;
  env: Record<string, string>;
  processes: GuestProgram['owner'];
}): SshShell {
  const { places } = machine;
  return {
    open({ user, command, pty, env: asked }: ShellRequest) {
      if (!USERS.includes(user)) throw new Error(`user: unknown user ${user}`);
      const home = user === 'root' ? places.inside('/root') : places.home;
      mkdirSync(home, { recursive: true });
      const env: Record<string, string> = { ...machine.env, ...asked, USER: user, LOGNAME: user, HOME: home };
      const words = command === null ? [] : splitWords(command);
      const program =
        words.length === 0 ? { file: loginShell(), args: ['-l'] } : resolveProgram(checked(words, env.PATH), places);
      const start = { ...program, cwd: user === 'root' ? places.root : home, env, owner: machine.processes };
      return pty ? startOnTerminal({ ...start, env: { ...env, TERM: pty.term } }, pty) : startPiped(start);
    },
  };

  function checked(words: string[], searchPath = ''): string[] {
    const [file = ''] = words;
    const found = file.includes('/')
      ? [file, places.inside(file)].some(isProgram)
      : searchPath.split(':').some((directory) => isProgram(path.join(directory, file)));
    if (!found) throw new Error(`exec: "${file}": executable file not found in $PATH`);
    return words;
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
