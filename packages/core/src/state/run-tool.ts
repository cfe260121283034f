import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** How a program of the system ended. */
export interface ToolResult {
  /** `null` when it was ended by a signal. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** What a program of the system is run with. */
export interface ToolOptions {
  /** What it reads; secrets go this way and never among the arguments, which every user of the computer can see. */
  input: string;
  env: Readonly<Record<string, string | undefined>>;
  timeoutMs: number;
  signal?: AbortSignal;
}

const LONGEST_OUTPUT = 256 * 1024;

/**
 * Runs a program of the system to its end, without a shell. Rejects when it cannot be started, with the reason of the signal, and
 * when it takes longer than `timeoutMs` or says more than 256 KB; it is ended then.
 */
export function runTool(file: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const { input, env, timeoutMs, signal } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { env: { ...env }, stdio: 'pipe', windowsHide: true });
    const output = { stdout: '', stderr: '' };
    const end = (error: unknown): void => {
      child.kill('SIGKILL');
      reject(error);
    };
    const limit = setTimeout(() => end(new Error(`it did not answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const onAbort = (): void => end(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > LONGEST_OUTPUT) end(new Error('it said too much'));
      });
    }
    // A program that does not read is told by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('error', (error) => reject(error));
    child.once('close', (exitCode) => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', onAbort);
      resolve({ exitCode, ...output });
    });
  });
}

/** The absolute file name of a program on `PATH`; `null` when there is none. Nothing is looked up in the working directory. */
export async function findTool(name: string, env: ToolOptions['env']): Promise<string | null> {
  for (const directory of (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(isAbsolute)) {
    const file = join(directory, name);
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return file;
  }
  return null;
}
