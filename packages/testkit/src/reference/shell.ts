import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInterface } from 'node:readline';
import type { ExecRequest, ExecResult, Session, SessionExit, SessionRequest, TerminalSize } from '@sindri/core';
import { parseCommands, type SimpleCommand } from './shell-syntax.js';

/** The machine that a process runs in, as far as a shell can see it. */
export interface ShellWorld {
  /** What every process of the machine finds in its environment. */
  env: Readonly<Record<string, string>>;
  read(path: string): string | undefined;
  write(path: string, content: string): void;
  begin(kill: (signal: string) => void): number;
  end(pid: number): void;
  isAlive(pid: number): boolean;
  kill(pid: number, signal: string): void;
}

/** A process: what it reads and writes, and what it knows about itself. */
interface Process {
  world: ShellWorld;
  env: Record<string, string>;
  pid: number;
  size: TerminalSize | null;
  /** How long its programs would have taken, in ms: nobody waits here. */
  tookMs: number;
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
}

interface Ended {
  exit: SessionExit;
  /** By `exit` or a signal, which end the script around it as well. */
  script: boolean;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { HUP: 1, INT: 2, KILL: 9, TERM: 15 };

/** Opens a session: `request.command`, or a login shell that takes its commands from stdin. */
export function openReferenceSession(world: ShellWorld, request: SessionRequest): Session {
  const { command, terminal, env = {} } = request;
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let kill: (exit: SessionExit) => void = () => undefined;
  const killed = new Promise<SessionExit>((resolve) => (kill = resolve));
  const signal = (name: string): void => kill({ code: null, signal: name });
  const pid = world.begin(signal);
  const own: Process = {
    world,
    env: { ...world.env, ...(terminal === undefined ? {} : { TERM: terminal.type }), ...env },
    pid,
    size: terminal ?? null,
    tookMs: 0,
    stdin,
    stdout,
    // A terminal has one screen for both.
    stderr: terminal === undefined ? stderr : stdout,
  };
  const ended = command === undefined ? runLoginShell(own) : runScript(command, own);
  const exited = Promise.race([ended, killed]).then((exit) => {
    world.end(pid);
    stdout.end();
    stderr.end();
    stdin.destroy();
    return exit;
  });
  return {
    stdin,
    stdout,
    stderr,
    resize(size) {
      if (own.size !== null) own.size = size;
    },
    signal,
    exited,
    close: () => signal('HUP'),
  };
}

/** How a program ended, and how long it would have taken. */
export interface RanProgram {
  result: ExecResult;
  tookMs: number;
}

/** Runs a program with its arguments to its end. */
export async function runReferenceProgram(
  world: ShellWorld,
  { command, stdin = '' }: ExecRequest,
): Promise<RanProgram> {
  const input = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  input.end(stdin);
  const outputs = Promise.all([textOf(stdout), textOf(stderr)]);
  const pid = world.begin(() => undefined);
  const own: Process = { world, env: { ...world.env }, pid, size: null, tookMs: 0, stdin: input, stdout, stderr };
  const { exit } = await runProgram(command, own);
  world.end(pid);
  stdout.end();
  stderr.end();
  const [out, err] = await outputs;
  const exitCode = exit.code ?? 128 + (SIGNAL_NUMBERS[exit.signal ?? ''] ?? 0);
  return { result: { exitCode, stdout: out, stderr: err }, tookMs: own.tookMs };
}

async function runLoginShell(own: Process): Promise<SessionExit> {
  let last: SessionExit = { code: 0, signal: null };
  for await (const line of createInterface({ input: own.stdin })) {
    const { exit, script } = await runCommands(line, own);
    last = exit;
    if (script) break;
  }
  return last;
}

async function runScript(script: string, own: Process): Promise<SessionExit> {
  return (await runCommands(script, own)).exit;
}

async function runCommands(script: string, own: Process): Promise<Ended> {
  let exit: SessionExit = { code: 0, signal: null };
  const variable = (name: string): string => (name === '$' ? String(own.pid) : (own.env[name] ?? ''));
  for (const command of parseCommands(script, variable)) {
    if ((command.when === 'success' && exit.code !== 0) || (command.when === 'failure' && exit.code === 0)) continue;
    const ended = await runRedirected(command, own);
    if (ended.script) return ended;
    exit = ended.exit;
  }
  return { exit, script: false };
}

async function runRedirected({ words, output, append, errors }: SimpleCommand, own: Process): Promise<Ended> {
  const out = output === undefined ? null : new PassThrough();
  const err = errors === undefined ? null : new PassThrough();
  const texts = Promise.all([out === null ? '' : textOf(out), err === null ? '' : textOf(err)]);
  const inner: Process = {
    ...own,
    stdout: output === '&2' ? own.stderr : (out ?? own.stdout),
    stderr: err ?? own.stderr,
  };
  const ended = await runProgram(words, inner);
  own.tookMs = inner.tookMs;
  out?.end();
  err?.end();
  const [written] = await texts;
  if (output !== undefined && output !== '&2') {
    const path = absolute(output, own);
    own.world.write(path, (append ? (own.world.read(path) ?? '') : '') + written);
  }
  return ended;
}

async function runProgram([program = '', ...args]: string[], own: Process): Promise<Ended> {
  const { world, stdin, stdout, stderr } = own;
  const done = (code: number): Ended => ({ exit: { code, signal: null }, script: false });
  switch (program) {
    case 'true':
      return done(0);
    case 'exit':
      return { exit: { code: Number(args[0] ?? 0), signal: null }, script: true };
    case 'echo':
      stdout.write(`${args.join(' ')}\n`);
      return done(0);
    case 'printf':
      stdout.write((args[0] ?? '').replace('%s', () => args[1] ?? ''));
      return done(0);
    case 'sleep':
      own.tookMs += Number(args[0] ?? 0) * 1000;
      return done(0);
    case 'stty':
      if (own.size === null) return done(1);
      stdout.write(`${own.size.rows} ${own.size.columns}\n`);
      return done(0);
    case 'cat': {
      if (args.length === 0) {
        // A session that is closed in the middle cuts the pipe.
        await pipeline(stdin, stdout, { end: false }).catch(() => undefined);
        return done(0);
      }
      const contents = args.map((path) => world.read(absolute(path, own)));
      for (const content of contents) stdout.write(content ?? '');
      return done(contents.includes(undefined) ? 1 : 0);
    }
    case 'kill': {
      const signal = (args[0] ?? '-TERM').slice(1);
      const pid = Number(args[1]);
      if (pid === own.pid) return { exit: { code: null, signal }, script: true };
      if (!world.isAlive(pid)) return done(1);
      if (signal !== '0') world.kill(pid, signal);
      return done(0);
    }
    case 'sh':
      return { exit: await runScript(args[1] ?? '', own), script: false };
    default:
      stderr.write(`${program}: not found\n`);
      return done(127);
  }
}

function absolute(path: string, { env }: Process): string {
  return path.startsWith('/') ? path : `${env['HOME'] ?? ''}/${path}`;
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
