import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInterface } from 'node:readline';
import type { ExecRequest, ExecResult, Session, SessionExit, SessionRequest } from '@sindri/core';

/** Where a process of the pretended machine reads and writes. */
interface Streams {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { HUP: 1, INT: 2, KILL: 9, TERM: 15 };

/** Opens a session: `request.command`, or a login shell that takes its commands from stdin. */
export function openReferenceSession(request: SessionRequest): Session {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  // A terminal has one screen for both.
  const streams: Streams = { stdin, stdout, stderr: request.terminal === undefined ? stderr : stdout };
  let kill: (exit: SessionExit) => void = () => undefined;
  const killed = new Promise<SessionExit>((resolve) => (kill = resolve));
  const ended = request.command === undefined ? runLoginShell(streams) : runScript(request.command, streams);
  const exited = Promise.race([ended, killed]).then((exit) => {
    stdout.end();
    stderr.end();
    stdin.destroy();
    return exit;
  });
  return {
    stdin,
    stdout,
    stderr,
    resize: () => undefined,
    signal: (name) => kill({ code: null, signal: name }),
    exited,
    close: () => kill({ code: null, signal: 'HUP' }),
  };
}

/** Runs a program with its arguments to its end. */
export async function runReferenceProgram({ command, stdin = '' }: ExecRequest): Promise<ExecResult> {
  const input = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  input.end(stdin);
  const outputs = Promise.all([textOf(stdout), textOf(stderr)]);
  const exit = await runProgram(command, { stdin: input, stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await outputs;
  return { exitCode: exit.code ?? 128 + (SIGNAL_NUMBERS[exit.signal ?? ''] ?? 0), stdout: out, stderr: err };
}

async function runLoginShell(streams: Streams): Promise<SessionExit> {
  let last: SessionExit = { code: 0, signal: null };
  for await (const line of createInterface({ input: streams.stdin })) {
    const { exit, ended } = await runCommands(line, streams);
    last = exit;
    if (ended) break;
  }
  return last;
}

async function runScript(script: string, streams: Streams): Promise<SessionExit> {
  return (await runCommands(script, streams)).exit;
}

/** The little of a shell that anybody needs here: simple commands one after another, and `>&2`. */
async function runCommands(script: string, streams: Streams): Promise<{ exit: SessionExit; ended: boolean }> {
  let exit: SessionExit = { code: 0, signal: null };
  for (const command of script.split(/[;\n]/)) {
    const [words, stdout] = command.includes('>&2')
      ? [command.replace('>&2', ''), streams.stderr]
      : [command, streams.stdout];
    const [program, ...args] = words.trim().split(/\s+/);
    if (program === undefined || program === '') continue;
    if (program === 'exit') return { exit: { code: Number(args[0] ?? 0), signal: null }, ended: true };
    exit = await runProgram([program, ...args], { ...streams, stdout });
    if (exit.signal !== null) return { exit, ended: true };
  }
  return { exit, ended: false };
}

async function runProgram([program = '', ...args]: string[], streams: Streams): Promise<SessionExit> {
  const done = (code: number): SessionExit => ({ code, signal: null });
  switch (program) {
    case 'true':
      return done(0);
    case 'echo':
      streams.stdout.write(`${args.join(' ')}\n`);
      return done(0);
    case 'printf':
      streams.stdout.write((args[0] ?? '').replace('%s', () => args[1] ?? ''));
      return done(0);
    case 'cat':
      // A session that is closed in the middle cuts the pipe.
      await pipeline(streams.stdin, streams.stdout, { end: false }).catch(() => undefined);
      return done(0);
    case 'kill':
      return { code: null, signal: (args[0] ?? '-TERM').slice(1) };
    case 'sh':
      return runScript(args[1] ?? '', streams);
    default:
      streams.stderr.write(`${program}: not found\n`);
      return done(127);
  }
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
