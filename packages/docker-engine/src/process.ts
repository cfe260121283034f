import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ExecRequest, ExecResult, OperationContext } from '@sindri/core';
import type { Engine } from './client.js';
import { engineError } from './engine-error.js';
import { readFrames } from './frames.js';

/** More of each stream of a command is not kept. */
const KEPT_BYTES = 1024 ** 2;
const PATIENCE = { tries: 40, ms: 50 };

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

/** A process of an exec, and its stream. */
export interface Started {
  id: string;
  socket: Duplex;
}

/** A user of a container, and where his processes begin. */
export interface ProcessUser {
  /** Empty = the image's own user. */
  name: string;
  home: string;
}

interface ProcessOptions {
  command: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Absent = the image's own. */
  user?: ProcessUser | undefined;
  tty?: boolean;
}

/** Puts a process into a container, with a stream to it. */
export async function startProcess(engine: Engine, container: string, options: ProcessOptions): Promise<Started> {
  const { command, env = {}, user, tty = false } = options;
  const { Id: id } = await engine.call<{ Id: string }>('POST', `/containers/${container}/exec`, {
    json: {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      User: user?.name ?? '',
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      Cmd: command,
      ...(user === undefined ? {} : { WorkingDir: user.home }),
    },
  });
  return { id, socket: await engine.hijack(`/exec/${id}/start`, { Detach: false, Tty: tty }) };
}

/** Runs a command in a container to its end, without a terminal. The variables of `env` are hidden from nobody inside. */
export async function runProcess(
  engine: Engine,
  context: OperationContext,
  container: string,
  { command, stdin, timeoutMs, env = {} }: ExecRequest & { env?: Readonly<Record<string, string>> },
): Promise<ExecResult> {
  const mark = markOf(context);
  const { id, socket } = await startProcess(engine, container, { command, env: { ...env, SINDRI_PROCESS: mark } });
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
    throw engineError(
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

/** The engine tells the end of the stream a moment before the end of the process. */
export async function exitCodeOf(engine: Engine, context: OperationContext, id: string): Promise<number> {
  let code: number | null = null;
  await retry(context, async () => (code = await endOf(engine, id)) !== null);
  return code ?? 0;
}

/** The exit code, `null` while the process runs or has not begun. */
export async function endOf(engine: Engine, id: string): Promise<number | null> {
  const { Running, ExitCode } = await engine.call<{ Running: boolean; ExitCode: number | null }>(
    'GET',
    `/exec/${id}/json`,
  );
  return Running ? null : ExitCode;
}

/** Sends a signal, and says whether the process is over. */
export async function endProcess(
  engine: Engine,
  container: string,
  id: string,
  mark: string,
  user: ProcessUser | undefined,
  name: string,
): Promise<boolean> {
  const options = { command: ['/bin/sh', '-c', SIGNAL, 'sindri', mark, name], user };
  const { socket } = await startProcess(engine, container, options);
  socket.end();
  await finished(socket.resume()).catch(() => undefined);
  return (await endOf(engine, id)) !== null;
}

/** Until `done`, a bounded number of times; then it rejects as it did last. */
export async function retry({ clock, signal }: OperationContext, done: () => Promise<boolean>): Promise<void> {
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

/** A value that nobody else has: the variable SINDRI_PROCESS of a process, by which it is found. */
export function markOf({ clock, random }: OperationContext): string {
  return `${clock.now().toString(36)}-${Math.floor(random() * 2 ** 40).toString(36)}`;
}

/** The stream of a process ended before the process did. */
export function broken({ where }: Engine, cause: unknown): Error {
  return engineError(
    'DOCKER_STREAM_BROKEN',
    'transport',
    `The stream from ${where} broke before the process had ended.`,
    undefined,
    { cause },
  );
}
