import type { Writable } from 'node:stream';
import { isSindriError, type Session } from '@sindri/core';
import { createEscapeFilter, escapeHelp, type EscapeAction } from './escape.js';
import { CONNECTION_LOST, exitStatus, signalStatus } from './exit-status.js';
import { feedInput } from './input-feed.js';
import { askSizeAgain, jobControl } from './job-control.js';
import { plainText } from './outside-text.js';
import { pumpOutput } from './output-pump.js';
import { enterRawMode, terminalReset, type InputStream, type RawMode } from './raw-mode.js';

/** Standard output, which may be a terminal. */
export interface OutputStream extends Writable {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** The part of `process` that delivers signals. */
export interface SignalSource {
  on(name: NodeJS.Signals, listener: () => void): unknown;
  off(name: NodeJS.Signals, listener: () => void): unknown;
}

export interface AttachOptions {
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  /** Aborted: the session is closed and the call rejects with the reason. */
  signal: AbortSignal;
  /** Whether the session was opened with a terminal. */
  terminal: boolean;
  /**
   * Where local signals come from. Default `process`. While attached they belong to the session: a caller with handlers of its own
   * takes them off first.
   */
  signals?: SignalSource;
}

/** How it ended for us. */
export interface Ending {
  /** To return. */
  status: number;
  /** What ended it: the process by its end, the way to it by breaking, or somebody here who wanted it. */
  by: 'process' | 'connection' | 'here';
  /** What to say about it. */
  message?: string;
}

/**
 * Joins a session with the user's terminal until the session ends, and returns the status to exit with: the remote exit code, 128
 * plus the number of the signal that ended the remote process, or 255 when the connection broke (said on `stderr`) or was given up.
 *
 * With a terminal on both sides every key goes to the environment as it is, Ctrl-C too; `~.` at the start of a line disconnects,
 * `~^Z` goes back to the shell here until that continues this program, and `~?` explains. Without one, SIGINT and SIGTERM are passed on to the remote process, and a second one ends the session at once.
 * Output is written completely before this resolves. The local terminal gets its settings back whatever happens.
 *
 * Rejects with `signal.reason`, or with an error of the session that is not about its transport.
 */
export async function attachSession(session: Session, options: AttachOptions): Promise<number> {
  const { status, message } = await attachUntilEnd(session, options);
  if (message !== undefined) sayAfterwards(options, message);
  return status;
}

/** {@link attachSession} for a caller who goes on from there: nothing is said yet. */
export async function attachUntilEnd(session: Session, options: AttachOptions): Promise<Ending> {
  const { stdin, stdout, stderr, terminal, signal } = options;
  const cleanUp: (() => void)[] = [];
  let over = false;
  try {
    signal.throwIfAborted();
    const raw = terminal ? enterRawMode(stdin) : null;
    if (raw !== null) cleanUp.push(raw.restore);

    const here = new Promise<Ending>((end, fail) => {
      cleanUp.push(onAbort(signal, fail));
      cleanUp.push(terminal ? endOnSignals(options, raw, end) : passSignals(options, session, end));

      // Nobody reads our output any more: what a local program would get is SIGPIPE.
      const output = [
        pumpOutput(session.stdout, stdout, () => end({ status: signalStatus('PIPE'), by: 'here' })),
        pumpOutput(session.stderr, stderr, () => undefined),
      ];
      cleanUp.push(...output.map(({ stop }) => stop));
      const disconnect = () => end({ status: CONNECTION_LOST, by: 'here', message: 'Disconnected.' });
      const filter = raw === null ? undefined : escapes(options, raw, disconnect);
      cleanUp.push(feedInput(stdin, session.stdin, { terminal, filter }));
      if (terminal) cleanUp.push(followSize(session, stdout));

      remoteEnding(session)
        .then(async (ending) => {
          over = true;
          await Promise.all(output.map(({ flushed }) => flushed()));
          end(ending);
        })
        .catch(fail);
    });
    return await here;
  } finally {
    for (const step of cleanUp.reverse()) step();
    if (!over) session.close();
  }
}

async function remoteEnding(session: Session): Promise<Ending> {
  try {
    return { status: exitStatus(await session.exited), by: 'process' };
  } catch (error) {
    if (!isSindriError(error) || error.kind !== 'transport') throw error;
    return { status: CONNECTION_LOST, by: 'connection', message: error.message };
  }
}

function onAbort(signal: AbortSignal, fail: (reason: unknown) => void): () => void {
  const listener = () => fail(signal.reason);
  signal.addEventListener('abort', listener);
  return () => signal.removeEventListener('abort', listener);
}

/** With a terminal, signals do not come from its keys but from outside: somebody wants this program to end. */
function endOnSignals(options: AttachOptions, raw: RawMode | null, end: (ending: Ending) => void): () => void {
  return listen(options.signals ?? process, {
    SIGINT: () => end({ status: signalStatus('INT'), by: 'here' }),
    SIGTERM: () => end({ status: signalStatus('TERM'), by: 'here' }),
    SIGHUP: () => end({ status: signalStatus('HUP'), by: 'here' }),
    SIGCONT: () => {
      raw?.again();
      askSizeAgain(process.platform);
    },
  });
}

function passSignals(options: AttachOptions, session: Session, end: (ending: Ending) => void): () => void {
  let passed = false;
  const pass = (name: string) => () => {
    if (passed) return end({ status: signalStatus(name), by: 'here' });
    passed = true;
    session.signal(name);
  };
  return listen(options.signals ?? process, {
    SIGINT: pass('INT'),
    SIGTERM: pass('TERM'),
    SIGHUP: () => {
      session.signal('HUP');
      end({ status: signalStatus('HUP'), by: 'here' });
    },
  });
}

function listen(source: SignalSource, listeners: Partial<Record<NodeJS.Signals, () => void>>): () => void {
  const entries = Object.entries(listeners) as [NodeJS.Signals, () => void][];
  for (const [name, listener] of entries) source.on(name, listener);
  return () => {
    for (const [name, listener] of entries) source.off(name, listener);
  };
}

function escapes({ stderr }: AttachOptions, raw: RawMode, disconnect: () => void): (chunk: Buffer) => Buffer {
  const stop = jobControl(process.platform);
  const known = { suspends: stop !== null };
  const filter = createEscapeFilter(known);
  // In raw mode a line feed alone does not return the carriage.
  const act: Record<EscapeAction, () => void> = {
    disconnect,
    help: () => void stderr.write(`\r\n${escapeHelp(known).join('\r\n')}\r\n`),
    suspend() {
      stderr.write('\r\n');
      raw.pause();
      stop?.();
      // Where there is no shell to continue us we were not stopped, and no SIGCONT comes.
      setImmediate(() => raw.again());
    },
  };
  return (chunk) => {
    const { bytes, actions } = filter(chunk);
    for (const action of actions) act[action]();
    return bytes;
  };
}

function followSize(session: Session, stdout: OutputStream): () => void {
  const tell = () => {
    if (stdout.columns && stdout.rows) session.resize({ columns: stdout.columns, rows: stdout.rows });
  };
  stdout.on('resize', tell);
  // It may have changed while the session was being opened.
  tell();
  return () => stdout.off('resize', tell);
}

/** Text below what a session has left on the terminal, whatever program it was in. */
function sayAfterwards({ stdout, stderr, terminal }: AttachOptions, text: string): void {
  const message = plainText(text);
  if (!terminal) {
    stderr.write(`${message}\n`);
    return;
  }
  if (stdout.isTTY) stdout.write(terminalReset);
  stderr.write(`\r\n${message}\r\n`);
}
