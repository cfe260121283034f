import type { Readable } from 'node:stream';
import { startPiped, type GuestProgram } from './piped-process.js';
import { signalNumber } from './signals.js';

/** What a finished program left behind. */
export interface FinishedProgram {
  exit_code: number;
  exit_signal: number;
  stdout: string;
  stderr: string;
}

/** Output kept of each stream; the rest is dropped. */
const OUTPUT_CAP = 1024 * 1024;
/** How long output may still come after the program has ended; a daemon that it left may hold the stream open for ever. */
const TRAILING_OUTPUT_MS = 200;

/**
 * Runs a program to its end. Rejects with `ETIMEDOUT` after `timeoutMs`, having ended its process group. A program that does not
 * exist ends with 127, as in a shell.
 */
export async function runToEnd(
  program: GuestProgram,
  request: { stdin?: string; timeoutMs: number },
): Promise<FinishedProgram> {
  const child = startPiped(program);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin.on('error', () => {});
  child.stdin.end(request.stdin ?? '');

  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), request.timeoutMs)));
  const exit = await Promise.race([child.exited, late]);
  clearTimeout(timer);
  if (exit === 'late') {
    child.signal('KILL');
    throw Object.assign(new Error(`${program.file} took longer than ${request.timeoutMs} ms`), { code: 'ETIMEDOUT' });
  }
  await Promise.race([Promise.all([stdout.ended, stderr.ended]), pause(TRAILING_OUTPUT_MS)]);
  return {
    exit_code: exit.code ?? 128 + signalNumber(exit.signal),
    exit_signal: signalNumber(exit.signal),
    stdout: stdout.text(),
    stderr: exit.code === 127 && stderr.text() === '' ? `${program.file}: not found\n` : stderr.text(),
  };
}

function collect(source: Readable): { ended: Promise<void>; text(): string } {
  const chunks: Buffer[] = [];
  let size = 0;
  source.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, OUTPUT_CAP - size);
    size += kept.length;
    if (kept.length > 0) chunks.push(kept);
  });
  source.on('error', () => {});
  const ended = new Promise<void>((resolve) => source.once('close', () => resolve()));
  return { ended, text: () => Buffer.concat(chunks).toString('utf8') };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
