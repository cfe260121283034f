import assert from 'node:assert/strict';
import type { Session } from '@sindri/core';
import type { Bench } from '../bench.js';
import { declaredModes } from '../declared.js';
import { open, openTerminal, runCommand, TERMINAL, type as typeLine } from './session-use.js';

/** A file in the home of the environment that nobody else has. */
const MARKER = '~/.sindri-conformance';
/** How often something that takes a moment is looked at, and how long the clock runs in between. */
const TRIES = 50;
const PAUSE_MS = 100;
/** How long a session may say nothing at all before it counts as gone. */
const SILENCE_MS = 10_000;

/** Runs a line of the shell inside, through any session that the provider has, and returns what it wrote to stdout. */
export async function look(bench: Bench, line: string, env?: Record<string, string>): Promise<string> {
  if (declaredModes(bench.provider).includes('command')) {
    const { stdout } = await runCommand(bench, { command: line, ...(env === undefined ? {} : { env }) });
    return stdout.toString().replace(/\r?\n$/, '');
  }
  const session = await open(bench, { terminal: TERMINAL, ...(env === undefined ? {} : { env }) });
  const text = await lookIn(bench, watch(session), line);
  session.close();
  return text;
}

/** The value of a variable of the environment's processes; empty when there is none. */
export function lookAtVariable(bench: Bench, name: string, env?: Record<string, string>): Promise<string> {
  return look(bench, `printf %s "$${name}"`, env);
}

/** Leaves a file in `~`. */
export async function leaveMarker(bench: Bench, text: string): Promise<void> {
  await look(bench, `echo ${text} > ${MARKER}`);
  assert.equal(await readMarker(bench), text, 'a file in ~ must be there for the next session');
}

/** What the file in `~` says; empty when there is none. */
export function readMarker(bench: Bench): Promise<string> {
  return look(bench, `cat ${MARKER} 2>/dev/null`);
}

/** A session whose output can be waited for. */
export interface WatchedSession {
  readonly session: Session;
  /** Waits until the output from now on matches, and returns the match; rejects when the session ends before. */
  output(pattern: RegExp): Promise<RegExpExecArray>;
  /** Whether it still answers; false once it has ended, or says nothing any more. */
  answers(): Promise<boolean>;
}

export function watch(session: Session): WatchedSession {
  let text = '';
  let questions = 0;
  const waiting = new Set<() => void>();
  const tell = (): void => waiting.forEach((check) => check());
  let over = false;
  session.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    tell();
  });
  session.stdout.on('error', () => undefined);
  session.stdin.on('error', () => undefined);
  const end = (): void => {
    over = true;
    tell();
  };
  session.exited.then(end, end);

  const watched: WatchedSession = {
    session,
    output(pattern) {
      return new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(text);
          if (match === null && !over) return;
          waiting.delete(check);
          if (match === null) return reject(new Error(`the session ended before it wrote ${String(pattern)}`));
          text = text.slice(match.index + match[0].length);
          resolve(match);
        };
        waiting.add(check);
        check();
      });
    },
    async answers() {
      const question = `question-${++questions}`;
      if (over) return false;
      session.stdin.write(`${question}\n`);
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), SILENCE_MS)));
      const answer = watched.output(new RegExp(question)).then(
        () => true,
        () => false,
      );
      return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
    },
  };
  return watched;
}

/** Types a line into a shell in a terminal and returns what it wrote, without the echo of the typed. */
export async function lookIn(_bench: Bench, { session, output }: WatchedSession, line: string): Promise<string> {
  // What is typed is shown, too; only what runs has the words in one piece.
  typeLine(session, `echo be''gin; ${line}; echo e''nd`);
  const [, text = ''] = await output(/begin\r*\n([\s\S]*?)\r*\n?end\r*\n/);
  return text.replace(/\r/g, '');
}

/** A session that answers whatever is written into it: `cat`, or a shell that shows what is typed. */
export async function openLasting(bench: Bench): Promise<WatchedSession> {
  if (!declaredModes(bench.provider).includes('command')) return watch(await openTerminal(bench));
  const watched = watch(await open(bench, { command: 'echo ready; cat' }));
  await watched.output(/ready\n/);
  return watched;
}

/** Looks again and again until `done`, a bounded number of times, a moment of the bench's clock apart. */
export async function eventually(
  bench: Bench,
  done: () => Promise<boolean>,
  pauseMs: number = PAUSE_MS,
): Promise<boolean> {
  const { clock } = bench.context();
  for (let tries = 1; tries <= TRIES; tries++) {
    if (await done()) return true;
    await clock.sleep(pauseMs, bench.signal);
  }
  return false;
}
