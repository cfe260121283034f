import { PassThrough, type Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ExecRequest, ExecResult, OperationContext, Session, SessionExit, SessionRequest } from '@sindri/core';
import { developerUser, homePath } from '@sindri/image-contract';
import { dockerError } from './docker-error.js';
import type { Engine } from './engine/client.js';
import { readFrames } from './engine/frames.js';

/** More of each stream of an `exec` is not kept. */
const KEPT_BYTES = 1024 ** 2;
/** A reader who stops reading holds the process back only here. */
const BUFFERED_BYTES = 2 * 1024 ** 2;
const PATIENCE = { tries: 40, ms: 50 };

/** Makes the variables of the secrets file, which comes in one of its own, and runs what follows. */
const READ_SECRETS = 'eval "$SINDRI_SECRETS"; unset SINDRI_SECRETS;';
const WITH_SECRETS = ['/bin/sh', '-c', `${READ_SECRETS} exec "$@"`, 'sindri'];

/**
 * The login shell of whoever runs this, as /etc/passwd says it; with an argument it runs that command. The secrets come after the profile:
 * that of a Sindri image sets them, too, and cuts values at their first line.
 */
const LOGIN_SHELL = [
  's=$(sed -n "s/^$(id -un):.*://p" /etc/passwd 2>/dev/null)',
  '[ -x "$s" ] || s=/bin/sh',
  `exec "$s" -lc '${READ_SECRETS} [ $# = 0 ] && exec "$0"; eval "$1"' "$s" \${1+"$1"}`,
].join('; ');

/**
 * Signals a process that an engine has put into a container (its parent is nobody), found by the variable that marks it: a hangup goes to
 * its group, anything else to what is in front in its terminal, if it has one.
 */
const SIGNAL = `for d in /proc/[0-9]*; do
  grep -q '^PPid:[[:space:]]*0$' $d/status 2>/dev/null || continue
  tr '\\0' '\\n' < $d/environ 2>/dev/null | grep -qx "SINDRI_PROCESS=$1" || continue
  p=\${d#/proc/}; g=$(sed 's/.*) //' $d/stat | cut -d' ' -f6)
  [ "$2" != HUP ] && [ "$2" != KILL ] && [ "$g" -gt 0 ] || g=$p
  kill -$2 -$g
done`;

interface Started {
  id: string;
  socket: Duplex;
}

interface ProcessOptions {
  command: readonly string[];
  env?: Record<string, string>;
  user?: string;
  tty?: boolean;
}

async function start(engine: Engine, container: string, options: ProcessOptions): Promise<Started> {
  const { command, env = {}, user = '', tty = false } = options;
  const { Id: id } = await engine.call<{ Id: string }>('POST', `/containers/${container}/exec`, {
    json: {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      User: user,
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      Cmd: command,
      ...(user === developerUser ? { WorkingDir: homePath } : {}),
    },
  });
  return { id, socket: await engine.hijack(`/exec/${id}/start`, { Detach: false, Tty: tty }) };
}

/** Runs a command in a container to its end, without a terminal. */
export async function runCommand(
  engine: Engine,
  context: OperationContext,
  container: string,
  { command, stdin, timeoutMs }: ExecRequest,
  secrets?: string,
): Promise<ExecResult> {
  const mark = markOf(context);
  const { id, socket } = await start(engine, container, {
    command: secrets === undefined ? command : [...WITH_SECRETS, ...command],
    env: { SINDRI_PROCESS: mark, ...(secrets === undefined ? {} : { SINDRI_SECRETS: secrets }) },
  });
  const over = new AbortController();
  let late = false;
  const limit = context.clock.sleep(timeoutMs ?? 2 ** 31 - 1, AbortSignal.any([context.signal, over.signal]));
  limit
    .then(() => (late = true))
    .catch(() => undefined)
    .finally(() => socket.destroy());
  const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const sizes = { stdout: 0, stderr: 0 };
  try {
    socket.end(stdin ?? '');
    for await (const { stream, data } of readFrames(socket)) {
      if (sizes[stream] < KEPT_BYTES) written[stream].push(data.subarray(0, KEPT_BYTES - sizes[stream]));
      sizes[stream] += data.length;
    }
  } catch (error) {
    if (!late && !context.signal.aborted) throw broken(engine, error);
  } finally {
    over.abort();
  }
  if (late || context.signal.aborted) {
    await endProcess(engine, container, id, mark, undefined, 'KILL').catch(() => undefined);
    context.signal.throwIfAborted();
    throw dockerError(
      'DOCKER_EXEC_TIMED_OUT',
      'incomplete',
      `The command took longer than ${timeoutMs} ms, and was ended.`,
    );
  }
  const exitCode = await exitCodeOf(engine, context, id);
  const [stdout, stderr] = [written.stdout, written.stderr].map((chunks) => Buffer.concat(chunks).toString());
  const cut = Math.max(sizes.stdout, sizes.stderr) > KEPT_BYTES;
  return { exitCode, stdout: stdout ?? '', stderr: stderr ?? '', ...(cut ? { truncated: true } : {}) };
}

/**
 * A login shell, or a command in one, as the user of a Sindri image, or as the image's own where it has none. `engine` must not end with
 * the signal of an opening: it serves the session as long as that lasts.
 */
export async function openSession(
  engine: Engine,
  context: OperationContext,
  container: string,
  { command, terminal, env }: SessionRequest,
  secrets: string,
): Promise<Session> {
  const mark = markOf(context);
  const options = {
    command: ['/bin/sh', '-c', LOGIN_SHELL, 'sindri', ...(command === undefined ? [] : [command])],
    env: {
      SINDRI_SECRETS: secrets,
      ...env,
      ...(terminal === undefined ? {} : { TERM: terminal.type }),
      SINDRI_PROCESS: mark,
    },
    tty: terminal !== undefined,
  };
  let user: string | undefined = developerUser;
  const { id, socket } = await start(engine, container, { ...options, user }).catch((error: Error) => {
    if (!/unable to find user|no matching entries/i.test(error.message)) throw error;
    user = undefined;
    return start(engine, container, options);
  });
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
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    void retry(running, async () => endProcess(engine, container, id, mark, user, 'HUP'))
      .catch(() => undefined)
      .finally(() => socket.destroy());
  };
  const exited = deliver(engine, running, id, socket, terminal !== undefined, { stdout, stderr });
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

/** The engine tells the end of the stream a moment before the end of the process. */
async function exitCodeOf(engine: Engine, context: OperationContext, id: string): Promise<number> {
  let code: number | null = null;
  await retry(context, async () => (code = await endOf(engine, id)) !== null);
  return code ?? 0;
}

/** The exit code, `null` while the process runs or has not begun. */
async function endOf(engine: Engine, id: string): Promise<number | null> {
  const { Running, ExitCode } = await engine.call<{ Running: boolean; ExitCode: number | null }>(
    'GET',
    `/exec/${id}/json`,
  );
  return Running ? null : ExitCode;
}

/** Sends a signal, and says whether the process is over. */
async function endProcess(
  engine: Engine,
  container: string,
  id: string,
  mark: string,
  user: string | undefined,
  name: string,
): Promise<boolean> {
  const options = { command: ['/bin/sh', '-c', SIGNAL, 'sindri', mark, name], user };
  const { socket } = await start(engine, container, options);
  socket.end();
  await finished(socket.resume()).catch(() => undefined);
  return (await endOf(engine, id)) !== null;
}

/** Until `done`, a bounded number of times; then it rejects as it did last. */
async function retry({ clock, signal }: OperationContext, done: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      if (await done()) return;
      if (tries >= PATIENCE.tries) throw new Error('the process does not end');
    } catch (error) {
      signal.throwIfAborted();
      if (tries >= PATIENCE.tries) throw error;
    }
    await clock.sleep(PATIENCE.ms, signal);
  }
}

function markOf({ clock, random }: OperationContext): string {
  return `${clock.now().toString(36)}-${Math.floor(random() * 2 ** 40).toString(36)}`;
}

function broken({ where }: Engine, cause: unknown): Error {
  return dockerError(
    'DOCKER_STREAM_BROKEN',
    'transport',
    `The stream from ${where} broke before the process had ended.`,
    undefined,
    { cause },
  );
}
