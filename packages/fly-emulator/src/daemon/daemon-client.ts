import type { DaemonInfo } from './daemon-file.js';

const ANSWER_TIMEOUT_MS = 5_000;

/** Whether the emulator that `info` describes runs and is that very process, not another one on the same port. */
export async function isDaemonAlive(info: DaemonInfo): Promise<boolean> {
  try {
    const health = (await callDaemon(info, 'GET', '/health')) as { ok?: boolean; pid?: number };
    return health.ok === true && health.pid === info.pid;
  } catch {
    return false;
  }
}

/** One call to the emulator's own endpoints. Rejects with the emulator's sentence. */
export async function callDaemon(
  info: DaemonInfo,
  method: 'GET' | 'POST' | 'DELETE',
  endpoint: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${info.url}/_emulator${endpoint}`, {
    method,
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text === '' ? null : JSON.parse(text);
  if (!response.ok) throw new Error((answer as { error?: string } | null)?.error ?? `HTTP ${response.status}`);
  return answer;
}
