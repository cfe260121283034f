import { PassThrough, type Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { OperationContext, Session, SessionExit, SessionRequest } from '@sindri/core';
import type { Engine } from './client.js';
import { readFrames } from './frames.js';
import { untilPaused } from './pause-watch.js';
import { broken, endOf, endProcess, exitCodeOf, markOf, retry, startProcess, type ProcessUser } from './process.js';

/** A reader who stops reading holds the process back only here. */
const BUFFERED_BYTES = 2 * 1024 ** 2;

/** What is to run, and how somebody talks to it. */
export interface OpenProcessRequest {
  command: readonly string[];
  env?: Readonly<Record<string, string>> | undefined;
  /** See {@link findUser}. Absent = the image's own. */
  user?: ProcessUser | undefined;
  terminal?: SessionRequest['terminal'];
}

/**
 * Opens a process that somebody talks to. It outlives the signal of the opening, and its `close` ends it. With a terminal, where a person
 * waits for an answer, it also ends when the container is paused (`DOCKER_PAUSED`).
 */
export async function openProcess(
  opening: Engine,
  context: OperationContext,
  container: string,
  request: OpenProcessRequest,
): Promise<Session> {
  const { terminal, user } = request;
  const engine = opening.lasting();
  const mark = markOf(context);
  const type: Record<string, string> = terminal === undefined ? {} : { TERM: terminal.type };
  const env = { ...request.env, ...type, SINDRI_PROCESS: mark };
  const options = { command: request.command, env, user, tty: terminal !== undefined };
  const { id, socket } = await startProcess(engine, container, options);
  const resize = ({ columns, rows }: { columns: number; rows: number }): Promise<unknown> =>
    engine.call('POST', `/exec/${id}/resize`, { query: { h: rows, w: columns } });
  // The terminal is there a moment after the stream, and may have gone by then.
  if (terminal !== undefined) {
    await retry(context, () =>
      resize(terminal)
        .then(() => true)
        .catch(async () => (await endOf(engine, id)) !== null),
    );
  }

  const [stdout, stderr] = [0, 0].map(() => new PassThrough({ highWaterMark: BUFFERED_BYTES })) as [
    PassThrough,
    PassThrough,
  ];
  const running = { ...context, signal: new AbortController().signal };
  const hangUp = (): Promise<void> =>
    retry(running, () => endProcess(engine, container, id, mark, user, 'HUP'))
      .catch(() => undefined)
      .finally(() => socket.destroy());
  let closed = false;
  const close = (): void => {
    if (!closed) void hangUp();
    closed = true;
  };
  const ended = deliver(engine, running, id, socket, terminal !== undefined, { stdout, stderr });
  const exited = terminal === undefined ? ended : untilPaused(engine, container, ended, hangUp);
  exited.catch(() => undefined).finally(() => (closed = true));
  return {
    stdin: socket,
    stdout,
    stderr,
    exited,
    close,
    resize: (size) => void (terminal === undefined || closed || resize(size).catch(() => undefined)),
    signal: (name) => void (closed || endProcess(engine, container, id, mark, user, name).catch(() => undefined)),
  };
}

async function deliver(
  engine: Engine,
  context: OperationContext,
  id: string,
  socket: Duplex,
  raw: boolean,
  outputs: { stdout: PassThrough; stderr: PassThrough },
): Promise<SessionExit> {
  let failure: unknown = null;
  try {
    for await (const { stream, data } of raw ? rawFrames(socket) : readFrames(socket)) {
      const output = outputs[stream];
      if (!output.write(data)) await new Promise((resolve) => output.once('drain', resolve).once('close', resolve));
    }
  } catch (error) {
    failure = error;
  }
  const both = Object.values(outputs);
  for (const output of both) output.end();
  await Promise.all(both.map((output) => output.readableFlowing === null || finished(output).catch(() => undefined)));
  try {
    return { code: await exitCodeOf(engine, context, id), signal: null };
  } catch (error) {
    throw broken(engine, failure ?? error);
  }
}

async function* rawFrames(socket: Duplex): AsyncGenerator<{ stream: 'stdout'; data: Buffer }> {
  for await (const data of socket) yield { stream: 'stdout', data: data as Buffer };
}
