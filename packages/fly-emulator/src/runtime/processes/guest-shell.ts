import type { ShellRequest, SshShell } from '../ssh/shell.js';
import { loginShell } from './guest-environment.js';
import { startPiped, type GuestProgram } from './piped-process.js';
import { startOnTerminal } from './terminal-process.js';

/** Shells of user `developer` in a machine: real ones, starting in the home directory. */
export function createGuestShell(machine: {
  home: string;
  env: Record<string, string>;
  processes: GuestProgram['owner'];
}): SshShell {
  return {
    open({ command, pty, env }: ShellRequest) {
      const program = {
        file: loginShell(),
        args: command === null ? ['-l'] : ['-c', command],
        cwd: machine.home,
        // The directory's name as HOME has it: the shell then shows it as `~`.
        env: { ...machine.env, ...env, ...connectionVariables(), PWD: machine.home },
        owner: machine.processes,
      };
      return pty ? startOnTerminal({ ...program, env: { ...program.env, TERM: pty.term } }, pty) : startPiped(program);
    },
  };
}

/** Programs look at these to tell a remote login from a local one. */
function connectionVariables(): Record<string, string> {
  return { SSH_CONNECTION: '127.0.0.1 40000 127.0.0.1 2222', SSH_CLIENT: '127.0.0.1 40000 2222' };
}
