import { randomBytes } from 'node:crypto';
import { CHALLENGE_HEADER, isSecret, proofOf, SECRET_HEADER } from '../admin/admin-secret.js';
import type { DaemonInfo } from './daemon-file.js';

const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Whether the emulator that `info` describes runs and is that very one, not another program on the same port: only it can answer
 * the challenge. Nothing that is worth keeping secret is sent to find out.
 */
export async function isDaemonAlive(info: DaemonInfo): Promise<boolean> {
  try {
    const challenge = randomBytes(16).toString('base64url');
    const health = (await request(info, 'GET', '/health', { [CHALLENGE_HEADER]: challenge })) as { proof?: string };
    return isSecret(health.proof, proofOf(info.secret, challenge));
  } catch {
    return false;
  }
}

/** One call to the endpoints of an emulator that is known to be alive. Rejects with the emulator's sentence. */
export function callDaemon(
  info: DaemonInfo,
  method: 'GET' | 'POST' | 'DELETE',
  endpoint: string,
  body?: unknown,
): Promise<unknown> {
  return request(info, method, endpoint, { [SECRET_HEADER]: info.secret }, body);
}

/**
 * With `node:http`: the `fetch` of Node takes longer to load than everything else here, and somebody waits for the answer before
 * any command with `--local` goes on.
 */
async function request(
  info: DaemonInfo,
  method: string,
  endpoint: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<unknown> {
  const http = require('node:http') as typeof import('node:http');
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = http.request(`${info.url}/_emulator${endpoint}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      // No pool: it is one question.
      agent: false,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    });
    asked.on('error', reject);
    asked.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
  // A redirect is no success either: whoever listens there must not lead the secret elsewhere.
  const success = status >= 200 && status < 300;
  const answer: unknown = text === '' ? null : JSON.parse(text);
  if (!success) throw new Error((answer as { error?: string } | null)?.error ?? `HTTP ${status}`);
  return answer;
}
