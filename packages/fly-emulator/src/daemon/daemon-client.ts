import { request as sendRequest } from 'node:http';
import { connect } from 'node:net';
import { CHALLENGE_HEADER, SECRET_HEADER } from '../admin/admin-secret.js';
import type { DaemonInfo } from './daemon-file.js';

const ANSWER_TIMEOUT_MS = 5_000;

const LONGEST_HEALTH_ANSWER = 64 * 1024;

/**
 * Whether the emulator that `info` describes runs and is that very one, not another program on the same port: only it can answer
 * the challenge, and whoever gets to know that here learns nothing about the answer, which its file has too. So the two are compared and
 * nothing is computed: any command with `--local` waits for this, and `node:crypto` takes longer to load than the answer to come.
 */
export async function isDaemonAlive(info: DaemonInfo): Promise<boolean> {
  try {
    const { challenge, proof } = info.greeting;
    const answer = (await askHealth(info, challenge)) as { proof?: unknown };
    return answer.proof === proof;
  } catch {
    return false;
  }
}

/**
 * The health answer. Written on the bare socket, because `node:http` takes long to load, too. HTTP/1.0: whoever answers ends with the
 * body, and does not cut it in chunks.
 */
async function askHealth(info: DaemonInfo, challenge: string): Promise<unknown> {
  const { host, hostname, port } = new URL(info.url);
  const answer = await new Promise<string>((resolve, reject) => {
    // Half open: it is dropped when the answer is there, without a farewell.
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), allowHalfOpen: true });
    let text = '';
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      // Nothing but ASCII is in a health answer.
      text += chunk.toString('latin1');
      if (text.length > LONGEST_HEALTH_ANSWER) socket.destroy(new Error('too long an answer'));
    });
    socket.on('end', () => {
      resolve(text);
      socket.destroy();
    });
    socket.on('close', () => reject(new Error('closed')));
    socket.write(`GET /_emulator/health HTTP/1.0\r\nhost: ${host}\r\n${CHALLENGE_HEADER}: ${challenge}\r\n\r\n`);
  });
  const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s);
  if (!/^HTTP\/1\.[01] 200 /.test(head)) throw new Error('no health answer');
  return JSON.parse(body);
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
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = sendRequest(`${info.url}/_emulator${endpoint}`, {
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
