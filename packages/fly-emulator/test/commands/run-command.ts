import { execFile, spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
  json<T = Record<string, unknown>>(): T;
}

/** Runs `sindri emulator <words>` in a process of its own, with nothing but `env` in its environment. */
export interface Runner {
  run(words: string[], env: Record<string, string>): Promise<CommandResult>;
  /** The same for a command that stays. */
  start(words: string[], env: Record<string, string>): ChildProcess;
}

export function createRunner(sources: string): Runner {
  const args = ([command, ...rest]: string[]): string[] => [
    path.join(__dirname, '../support/run-command.cjs'),
    path.join(sources, 'commands/emulator', `${command}.js`),
    ...rest,
  ];
  const environment = (env: Record<string, string>) => ({ PATH: process.env.PATH, HOME: '/nonexistent', ...env });
  return {
    run: (words, env) =>
      new Promise((resolve) => {
        execFile(process.execPath, args(words), { env: environment(env) }, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr, json: () => JSON.parse(stdout) }),
        );
      }),
    start: (words, env) =>
      spawn(process.execPath, args(words), { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] }),
  };
}
