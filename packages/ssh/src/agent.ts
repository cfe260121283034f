import net from 'node:net';
import type { Clock } from '@sindri/core';
import type { BaseAgent, ParsedKey } from 'ssh2';
import { canSign, publicKeyFromBlob } from './public-keys.js';
import { loadSsh2 } from './ssh2-library.js';
import { sshError } from './ssh-error.js';

/** A hung agent must not hang a deploy. */
const ANSWER_TIMEOUT_MS = 2_000;
const MAX_ANSWER_BYTES = 256 * 1024;

// draft-ietf-sshm-ssh-agent, section 6.1.
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;

export interface AgentKey {
  /** `type base64`. */
  publicKey: string;
  comment: string;
}

/**
 * The keys that the agent behind `socketPath` holds, in its order. An agent that is gone, refuses, talks nonsense or does not
 * answer within 2 s has none. Keys that only a certificate or a hardware token can use are left out: ssh2 cannot log in with
 * them. Rejects only with `signal.reason`.
 */
export async function listAgentKeys(socketPath: string, signal: AbortSignal, clock: Clock): Promise<AgentKey[]> {
  const answer = await ask(socketPath, signal, clock);
  try {
    return answer === null ? [] : parseIdentities(answer);
  } catch {
    return [];
  }
}

/** What it answers to the question for its keys; `null` when it does not. Rejects only with `signal.reason`. */
async function ask(socketPath: string, signal: AbortSignal, clock: Clock): Promise<Buffer | null> {
  const over = new AbortController();
  const timeout = clock.sleep(ANSWER_TIMEOUT_MS, AbortSignal.any([signal, over.signal])).then(() => null);
  const socket = net.connect({ path: socketPath });
  try {
    return await Promise.race([askForKeys(socket), timeout]);
  } catch {
    signal.throwIfAborted();
    return null;
  } finally {
    socket.destroy();
    over.abort();
    timeout.catch(() => undefined);
  }
}

/**
 * Makes sure, before anything is connected, that an agent can be lent. Rejects with `SSH_AGENT_UNAVAILABLE` when none answers behind
 * `socketPath` within 2 s, or with `signal.reason`.
 */
export async function requireAgent(
  socketPath: string | undefined,
  { signal, clock }: { signal: AbortSignal; clock: Clock },
): Promise<string> {
  const why =
    socketPath === undefined || socketPath === '' ? 'SSH_AUTH_SOCK is not set' : 'nothing answers behind SSH_AUTH_SOCK';
  if (socketPath !== undefined && socketPath !== '' && (await ask(socketPath, signal, clock)) !== null)
    return socketPath;
  throw sshError({
    code: 'SSH_AGENT_UNAVAILABLE',
    kind: 'usage',
    message: `There is no SSH agent to forward: ${why}.`,
    hint: 'Start one and load your key: eval "$(ssh-agent)" && ssh-add',
  });
}

/** An agent for ssh2 that knows one key of the agent behind `socketPath`: what is offered is decided by us, not by it. */
export function singleKeyAgent(socketPath: string, publicKey: string): BaseAgent {
  const { OpenSSHAgent, utils } = loadSsh2();
  const key = utils.parseKey(publicKey) as ParsedKey | Error;
  class SingleKeyAgent extends OpenSSHAgent {
    override getIdentities(callback: (error?: Error | null, keys?: ParsedKey[]) => void): void {
      if (key instanceof Error) callback(key);
      else callback(null, [key]);
    }
  }
  return new SingleKeyAgent(socketPath);
}

function askForKeys(socket: net.Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES])));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const length = received.length < 4 ? 0 : received.readUInt32BE(0);
      if (length > MAX_ANSWER_BYTES) reject(new Error('the agent answered too much'));
      else if (received.length >= 4 && received.length >= 4 + length) resolve(received.subarray(4, 4 + length));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the agent closed the connection')));
  });
}

function parseIdentities(answer: Buffer): AgentKey[] {
  if (answer[0] !== IDENTITIES_ANSWER) return [];
  const count = answer.readUInt32BE(1);
  let position = 5;
  const keys: AgentKey[] = [];
  for (let index = 0; index < count; index += 1) {
    const publicKey = publicKeyFromBlob(readString());
    const comment = readString().toString('utf8');
    if (publicKey !== null && canSign(publicKey)) keys.push({ publicKey, comment });
  }
  return keys;

  function readString(): Buffer {
    const start = position + 4;
    const end = start + answer.readUInt32BE(position);
    if (end > answer.length) throw new RangeError('truncated answer');
    position = end;
    return answer.subarray(start, end);
  }
}
