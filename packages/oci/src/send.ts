import { timeLimit, type Clock } from '@sindri/core';
import { request, type Dispatcher } from 'undici';
import { isLoopback } from './reference.js';
import { registryError } from './registry-error.js';

/** One request to a registry, or to the token service that it names. */
export interface RegistryRequest {
  url: URL;
  method?: 'GET' | 'HEAD' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Reading stops with `REGISTRY_ANSWER` beyond this. */
  maxBytes: number;
  signal: AbortSignal;
}

/** The whole answer. Only what is 2xx, 401, 403, 404 or another 4xx arrives here; the rest was tried again, and then rejected. */
export interface RegistryAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export type Send = (request: RegistryRequest) => Promise<RegistryAnswer>;

/** Limits of every request. */
export interface SendOptions {
  dispatcher: Dispatcher;
  clock: Clock;
  /** For one attempt, redirects included, in ms. */
  timeoutMs: number;
}

const TRIES = 4;
const REDIRECTS = 5;
/** A registry that wants a longer wait than this is not waited for, in ms. */
const LONGEST_WAIT_MS = 30_000;
const BACKOFF_MS = 500;

/**
 * Makes the one function through which everything goes: bounded in time and size, tried again after 429 and 5xx as the server asks,
 * redirects followed without credentials to another place. Rejects with `REGISTRY_UNREACHABLE`, `REGISTRY_LIMITED` or `REGISTRY_ANSWER`.
 */
export function createSend({ dispatcher, clock, timeoutMs }: SendOptions): Send {
  return async (wanted) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await follow(wanted, dispatcher, timeoutMs);
      if (answer.status !== 429 && answer.status < 500) return answer;
      const wait = waitBefore(answer, attempt, clock.now());
      if (attempt === TRIES || wait > LONGEST_WAIT_MS) throw givenUp(wanted.url, answer, wait);
      await clock.sleep(wait, wanted.signal);
    }
  };
}

async function follow(wanted: RegistryRequest, dispatcher: Dispatcher, timeoutMs: number): Promise<RegistryAnswer> {
  const within = timeLimit(wanted.signal, timeoutMs);
  let { url } = wanted;
  try {
    for (let redirects = 0; redirects <= REDIRECTS; redirects += 1) {
      const answer = await once({ ...wanted, url, headers: headersFor(wanted, url), signal: within }, dispatcher);
      const next = redirectOf(answer, url, wanted.method ?? 'GET');
      if (next === null) return answer;
      url = next;
    }
  } catch (cause) {
    wanted.signal.throwIfAborted();
    if ((cause as { code?: unknown }).code === 'REGISTRY_ANSWER') throw cause;
    throw registryError({
      code: 'REGISTRY_UNREACHABLE',
      kind: 'incomplete',
      message: `${url.host} could not be reached: ${reasonOf(cause, within)}.`,
      hint: 'Check the network and the name of the registry; HTTPS_PROXY and NO_PROXY are honoured. Nothing was changed.',
      retryable: true,
      details: { host: url.host },
      cause,
    });
  }
  throw oddAnswer(wanted.url, `more than ${REDIRECTS} redirects`);
}

async function once(wanted: RegistryRequest, dispatcher: Dispatcher): Promise<RegistryAnswer> {
  const { url, method = 'GET', headers = {}, body, signal, maxBytes } = wanted;
  const answer = await request(url, { dispatcher, method, headers, signal, ...(body === undefined ? {} : { body }) });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      answer.body.destroy();
      throw oddAnswer(url, `more than the ${maxBytes} bytes that it may have`);
    }
    chunks.push(chunk);
  }
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
}

/** Whoever stores the blobs of a registry gets an address that was signed, and must not get what signs in to the registry. */
function headersFor({ url: first, headers = {} }: RegistryRequest, url: URL): Record<string, string> {
  if (url.origin === first.origin) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}

function redirectOf({ status, headers }: RegistryAnswer, from: URL, method: string): URL | null {
  if (![301, 302, 303, 307, 308].includes(status) || method === 'POST') return null;
  const { location } = headers;
  const to = typeof location === 'string' && URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (to === null) throw oddAnswer(from, 'a redirect to nowhere');
  if (to.username !== '' || to.password !== '') throw oddAnswer(from, 'a redirect with credentials in it');
  if (!mayBeAsked(to, from)) throw oddAnswer(from, `a redirect to ${to.origin}, which is not encrypted`);
  return to;
}

/** HTTPS, or plain HTTP within this computer. */
export function mayBeAsked(to: URL, from: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && isLoopback(to) && isLoopback(from));
}

/** `Retry-After` in seconds or as a date; without it twice as long each time. */
function waitBefore({ headers }: RegistryAnswer, attempt: number, now: number): number {
  const asked = headers['retry-after'];
  if (typeof asked === 'string') {
    const ms = /^\d{1,9}$/.test(asked.trim()) ? Number(asked) * 1000 : Date.parse(asked) - now;
    if (Number.isFinite(ms)) return Math.max(0, ms);
  }
  return BACKOFF_MS * 2 ** (attempt - 1);
}

function givenUp(url: URL, { status, body }: RegistryAnswer, wait: number): Error {
  if (status !== 429) {
    return registryError({
      code: 'REGISTRY_UNREACHABLE',
      kind: 'incomplete',
      message: `${url.host} answered ${status}: ${textOf(body)}`,
      hint: 'The registry has a problem of its own. Nothing was changed; run the command again later.',
      retryable: true,
      details: { host: url.host, status },
    });
  }
  return registryError({
    code: 'REGISTRY_LIMITED',
    kind: 'incomplete',
    message: `${url.host} refuses more requests for now: ${textOf(body)}`,
    hint: `Run the command again in ${Math.ceil(Math.max(wait, 1000) / 1000)} s, or sign in with \`docker login\`: most registries allow more then.`,
    retryable: true,
    details: { host: url.host, status },
  });
}

/** An answer that no registry gives. */
export function oddAnswer(url: URL, what: string): Error {
  return registryError({
    code: 'REGISTRY_ANSWER',
    kind: 'refused',
    message: `${url.host} answered with ${what}.`,
    hint: 'Check that this address is a registry.',
    details: { host: url.host },
  });
}

/** The messages of a registry's error body, or its text: one line, not long. */
export function textOf(body: Buffer): string {
  const text = body.toString('utf8').slice(0, 2_000);
  let told = text;
  try {
    const { errors, details, message } = JSON.parse(text) as Record<string, unknown>;
    if (Array.isArray(errors)) {
      const one = errors[0] as { code?: unknown; message?: unknown } | undefined;
      told = String(one?.message ?? one?.code ?? '');
    } else told = String(message ?? details ?? text);
  } catch {
    // Not JSON: its text then.
  }
  const line = told
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 200);
  return line === '' ? 'without a word' : line;
}

function reasonOf(cause: unknown, within: AbortSignal): string {
  if (within.aborted) return 'it did not answer in time';
  const { code, message, cause: deeper } = cause as NodeJS.ErrnoException & { cause?: unknown };
  if (deeper !== undefined && message === 'fetch failed') return reasonOf(deeper, within);
  return code ?? message;
}
