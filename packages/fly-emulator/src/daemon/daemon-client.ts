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

async function request(
  info: DaemonInfo,
  method: string,
  endpoint: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${info.url}/_emulator${endpoint}`, {
    method,
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    // Whoever listens there must not lead the secret elsewhere.
    redirect: 'error',
    ...(body === undefined
      ? { headers }
      : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === '' ? null : JSON.parse(text);
  if (!response.ok) throw new Error((answer as { error?: string } | null)?.error ?? `HTTP ${response.status}`);
  return answer;
}
