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

const build = path.resolve(__dirname, '../../../../build');

export function createRunner(): Runner {
  const args = (words: string[]): string[] => [path.join(build, 'sindri/bin/run.js'), 'emulator', ...words];
  const environment = (env: Record<string, string>) => ({
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    SINDRI_CACHE_DIR: path.join(build, 'test-cache'),
    ...env,
  });
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
