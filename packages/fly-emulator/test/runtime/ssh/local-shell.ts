import { spawn } from 'node:child_process';
import type { ShellProcess, SshShell } from '../../../src/runtime/ssh/shell.js';

/** The smallest real shell: `sh -c`, no terminal. Remembers what it opened. */
export function localShell(): SshShell & { opened: ShellProcess[] } {
  const opened: ShellProcess[] = [];
  return {
    opened,
    open({ command, pty, env }) {
      if (pty) throw new Error('no terminal here');
      const child = spawn('/bin/sh', command === null ? [] : ['-c', command], {
        detached: true,
        env: { PATH: process.env.PATH, ...env },
      });
      const shell: ShellProcess = {
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        resize: () => {},
        signal: (name) => {
          try {
            if (child.pid) process.kill(-child.pid, `SIG${name}`);
          } catch {
            // It has ended.
          }
        },
        hangUp: () => shell.signal('HUP'),
        exited: new Promise((resolve) =>
          child.once('exit', (code, signal) => resolve({ code, signal: signal?.slice(3) ?? null })),
        ),
      };
      opened.push(shell);
      return shell;
    },
  };
}
