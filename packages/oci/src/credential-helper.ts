import { spawn } from 'node:child_process';

/** What a credential helper said. */
export type HelperAnswer =
  | { status: 'found'; username: string; secret: string }
  /** It knows nothing of this registry. */
  | { status: 'none' }
  /** `reason` is ours: what a helper prints may hold a secret. */
  | { status: 'failed'; reason: string };

const HELPER_MS = 30_000;
const LONGEST_ANSWER = 64 * 1024;

/**
 * Asks `docker-credential-<helper>` for the credentials of `server`, as Docker does: the server on stdin, JSON on stdout. Nothing is in
 * its arguments. Rejects only with the reason of an aborted signal.
 */
export async function runHelper(
  helper: string,
  server: string,
  { env, signal }: { env: Readonly<Record<string, string | undefined>>; signal?: AbortSignal },
): Promise<HelperAnswer> {
  signal?.throwIfAborted();
  const within = AbortSignal.any([...(signal === undefined ? [] : [signal]), AbortSignal.timeout(HELPER_MS)]);
  const child = spawn(`docker-credential-${helper}`, ['get'], {
    env: env as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'ignore'],
    signal: within,
  });
  let answer = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
    if (answer.length > LONGEST_ANSWER) child.kill('SIGKILL');
  });
  child.stdin.on('error', () => undefined).end(server);
  const ended = await new Promise<string | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? 'there is no such program' : `it cannot be run (${error.code ?? error.name})`),
    );
    child.once('close', (code, by) => resolve(code === 0 ? null : `it ended with ${code ?? by ?? 'an error'}`));
  });
  signal?.throwIfAborted();
  if (within.aborted) return { status: 'failed', reason: `it did not answer within ${HELPER_MS / 1000} s` };
  if (answer.length > LONGEST_ANSWER) return { status: 'failed', reason: 'its answer is too long' };
  if (ended !== null) {
    const knowsNothing = /credentials not found|no credentials|not found in native keychain/i.test(answer);
    return knowsNothing ? { status: 'none' } : { status: 'failed', reason: ended };
  }
  return readAnswer(answer);
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
