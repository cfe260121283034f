import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import type { Session, SessionExit, SessionRequest } from '@sindri/core';
import type { Bench } from '../bench.js';
import { declaredModes } from '../declared.js';

export const TERMINAL = { columns: 80, rows: 24, type: 'xterm-256color' };

/** How a process ended and what it wrote. */
export interface Ran {
  exit: SessionExit;
  stdout: Buffer;
  stderr: Buffer;
}

/** The simplest session of the provider: a command that ends at once, else a shell in a terminal. */
export function plainRequest({ provider }: Pick<Bench, 'provider'>): SessionRequest {
  return declaredModes(provider).includes('command') ? { command: 'exit 0' } : { terminal: TERMINAL };
}

/** A session that lasts until it is ended from outside. */
export function lastingRequest({ provider }: Pick<Bench, 'provider'>): SessionRequest {
  return declaredModes(provider).includes('command') ? { command: 'cat' } : { terminal: TERMINAL };
}

export async function open({ provider, spec, context, signal }: Bench, request: SessionRequest): Promise<Session> {
  assert.ok(provider.session !== undefined);
  const session = await provider.session(spec, request, context());
  // A case that has used up its time must not leave a process waiting.
  const end = (): void => session.close();
  const forget = (): void => signal.removeEventListener('abort', end);
  signal.addEventListener('abort', end, { once: true });
  session.exited.then(forget, forget);
  return session;
}

export async function openTerminal(bench: Bench, command?: string): Promise<Session> {
  return open(bench, { terminal: TERMINAL, ...(command === undefined ? {} : { command }) });
}

export async function runCommand(bench: Bench, request: SessionRequest, stdin?: Buffer | string): Promise<Ran> {
  const session = await open(bench, request);
  session.stdin.end(stdin);
  return finish(session);
}

/** Runs a line of the shell as a command, or by typing it where the provider gives terminals only. */
export async function runLine(bench: Bench, line: string): Promise<Ran> {
  if (declaredModes(bench.provider).includes('command')) return runCommand(bench, { command: line });
  const session = await openTerminal(bench);
  type(session, line);
  return finish(session);
}

/** Types a line and presses Enter. */
export function type(session: Session, line: string): void {
  session.stdin.write(`${line}\r`);
}

/** Waits for the end, with all that was written. */
export async function finish(session: Session): Promise<Ran> {
  // A process may end without having read all of its input.
  session.stdin.on('error', () => undefined);
  const [exit, stdout, stderr] = await Promise.all([session.exited, collect(session.stdout), collect(session.stderr)]);
  return { exit, stdout, stderr };
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
}
