import type { Readable } from 'node:stream';
import { type SindriError, type EnvironmentSpec, type ExecResult, type OperationContext } from '@sindri/core';
import type { OpenApi } from '../api/client.js';
import { openConnection } from './open-connection.js';
import { flyError } from '../fly-error.js';
import { quoted } from '../shell-word.js';

/** Output kept of each stream; the rest is dropped. */
const OUTPUT_CAP = 1024 * 1024;

/**
 * Runs one command with a standard input over SSH, as the user that logs in: the API's own exec has none. Throws
 * `FLY_TIMED_OUT`, and what {@link openConnection} throws.
 */
export async function execOverSsh(
  openApi: OpenApi,
  spec: EnvironmentSpec,
  request: { command: readonly string[]; stdin: string; timeoutMs: number; instance: string },
  context: OperationContext,
): Promise<ExecResult> {
  const limit = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([context.signal, limit]);
  const { instance } = request;
  const connection = await openConnection(openApi, spec, { instance }, { ...context, signal }).catch(
    (error: unknown) => {
      context.signal.throwIfAborted();
      throw limit.aborted ? tookTooLong(request) : error;
    },
  );
  // A closed connection ends the session, which says so.
  const close = (): void => connection.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const session = await connection.session({ command: request.command.map(quoted).join(' ') });
    const output = [collect(session.stdout), collect(session.stderr)] as const;
    session.stdin.on('error', () => undefined);
    session.stdin.end(request.stdin);
    const [{ code }, stdout, stderr] = await Promise.all([session.exited, ...output]);
    return { exitCode: code ?? 255, stdout, stderr };
  } catch (error) {
    context.signal.throwIfAborted();
    throw limit.aborted ? tookTooLong(request) : error;
  } finally {
    signal.removeEventListener('abort', close);
    connection.close();
  }
}

async function collect(source: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const kept = chunk.subarray(0, OUTPUT_CAP - size);
    size += kept.length;
    if (kept.length > 0) chunks.push(kept);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tookTooLong({ command, timeoutMs }: { command: readonly string[]; timeoutMs: number }): SindriError {
  return flyError({
    code: 'FLY_TIMED_OUT',
    kind: 'incomplete',
    retryable: true,
    message: `${command[0] ?? 'The command'} did not end within ${timeoutMs / 1_000} s.`,
    hint: 'Use `sindri exec` without --method api: it has no time limit.',
  });
}
