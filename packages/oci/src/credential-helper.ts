import { findTool, runTool } from '@sindri/core';

/** What a credential helper said. */
export type HelperAnswer =
  | { status: 'found'; username: string; secret: string }
  /** It knows nothing of this registry. */
  | { status: 'none' }
  /** `reason` is ours: what a helper prints may hold a secret. */
  | { status: 'failed'; reason: string };

const HELPER_MS = 30_000;

/**
 * Asks `docker-credential-<helper>` for the credentials of `server`, as Docker does: the server on stdin, JSON on stdout. Nothing is in
 * its arguments, and it is not looked for in the working directory. Rejects only with the reason of an aborted signal.
 */
export async function runHelper(
  helper: string,
  server: string,
  { env, signal }: { env: Readonly<Record<string, string | undefined>>; signal?: AbortSignal },
): Promise<HelperAnswer> {
  const name = `docker-credential-${helper}`;
  const file = (await findTool(name, env)) ?? (await findTool(`${name}.exe`, env));
  if (file === null) return { status: 'failed', reason: 'there is no such program' };
  const options = { input: server, env, timeoutMs: HELPER_MS, ...(signal === undefined ? {} : { signal }) };
  try {
    const { exitCode, stdout } = await runTool(file, ['get'], options);
    if (exitCode === 0) return readAnswer(stdout);
    const knowsNothing = /credentials not found|no credentials|not found in native keychain/i.test(stdout);
    return knowsNothing ? { status: 'none' } : { status: 'failed', reason: `it ended with ${exitCode ?? 'a signal'}` };
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    return { status: 'failed', reason: code === undefined ? message : `it cannot be run (${code})` };
  }
}

function readAnswer(answer: string): HelperAnswer {
  try {
    const { Username: username, Secret: secret } = JSON.parse(answer) as Record<string, unknown>;
    if (typeof username === 'string' && typeof secret === 'string') {
      return secret === '' ? { status: 'none' } : { status: 'found', username, secret };
    }
  } catch {
    // Its text is not repeated: it may be the secret.
  }
  return { status: 'failed', reason: 'its answer is not what a helper answers' };
}
