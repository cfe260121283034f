import { spawn } from 'node:child_process';
import type { ShellProcess } from '../ssh/shell.js';
import { withoutTerminals } from './open-terminals.js';
import { signalGroup } from './signals.js';

export interface GuestProgram {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Is told of the process, which leads a group of its own. */
  owner: { add(pid: number): void; ended(pid: number): void };
}

/** Starts a program without a terminal, in its own session and process group. */
export function startPiped(program: GuestProgram): ShellProcess {
  const child = spawn(program.file, program.args, {
    cwd: program.cwd,
    env: program.env,
    detached: true,
    stdio: withoutTerminals<['pipe', 'pipe', 'pipe']>(['pipe', 'pipe', 'pipe']),
  });
  if (child.pid !== undefined) program.owner.add(child.pid);
  let running = child.pid !== undefined;
  const exited = new Promise<Awaited<ShellProcess['exited']>>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      if (child.pid !== undefined) program.owner.ended(child.pid);
      resolve({ code, signal: signal === null ? null : signal.slice(3) });
    });
    child.once('error', () => {
      if (!running) resolve({ code: 127, signal: null });
    });
  });
  const signal = (name: string): void => {
    if (running && child.pid !== undefined) signalGroup(child.pid, name);
  };
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    resize: () => {},
    signal,
    hangUp: () => signal('HUP'),
    exited,
  };
}
