import { proxySettings, timeLimit, type OperationContext } from '@sindri/core';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { oddAnswer, sourceError } from './source-error.js';

/** One question to a git server. */
export interface Question {
  /** The address of the repository, as people know it. */
  repository: string;
  /** Below that address. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  body?: string;
  /** Sent as the password of basic authentication; `null` = nobody signs in. */
  token: string | null;
  /** More than this is `SOURCE_ANSWER`, unless `enough` has ended it before. */
  maxBytes: number;
  /** Whether what has come so far is all that is needed. */
  enough?(bytes: Buffer): boolean;
}

export interface Answer {
  status: number;
  type: string;
  body: Buffer;
}

const TRIES = 3;
const FIRST_WAIT_MS = 500;
const TIMEOUT_MS = 30_000;
const MOST_REDIRECTS = 3;
/** A user name that GitHub, GitLab and others take together with a token. */
const USER = 'x-access-token';

/**
 * Asks, again where the network or the server could not answer. A redirect is followed within the same origin only, so that what signs in
 * stays with the host that the address names. Rejects with `SOURCE_UNREACHABLE`, `SOURCE_ANSWER`, and the reason of an aborted signal.
 */
export async function ask(question: Question, context: OperationContext): Promise<Answer> {
  const { clock, signal } = context;
  const dispatcher = dispatcherFor(context);
  for (let attempt = 1; ; attempt++) {
    const last = attempt === TRIES;
    try {
      const answer = await follow(question, dispatcher, signal);
      const passing = answer.status === 429 || answer.status >= 500;
      if (!passing) return answer;
      if (last) throw unreachable(question.repository, `it answered ${answer.status}`);
    } catch (error) {
      signal.throwIfAborted();
      if ('kind' in (error as object)) throw error;
      if (last) throw unreachable(question.repository, reasonOf(error), error);
    }
    await clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
  }
}

async function follow(question: Question, dispatcher: Dispatcher, stop: AbortSignal): Promise<Answer> {
  const { repository, path, headers, body, token } = question;
  const signal = timeLimit(stop, TIMEOUT_MS);
  let url = new URL(`${repository.replace(/\/+$/, '')}${path}`);
  const { origin } = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await request(url, {
      dispatcher,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'user-agent': 'git/sindri',
        ...headers,
        ...(token === null ? {} : { authorization: basicOf(token) }),
      },
      ...(body === undefined ? {} : { body }),
      signal,
    });
    const { location, 'content-type': type } = answer.headers;
    const isRedirect = [301, 302, 307, 308].includes(answer.statusCode) && typeof location === 'string';
    if (!isRedirect) {
      return { status: answer.statusCode, type: String(type ?? ''), body: await read(answer.body, question) };
    }
    await answer.body.dump().catch(() => undefined);
    if (!URL.canParse(location, url.href)) throw oddAnswer(repository, 'a redirect to nowhere');
    url = new URL(location, url);
    if (url.origin !== origin) {
      throw oddAnswer(repository, `a redirect to ${url.host}: name that repository itself if it is the one you mean`);
    }
  }
  throw oddAnswer(repository, 'one redirect after another');
}

/** The header of a token. */
export function basicOf(token: string): string {
  return `Basic ${Buffer.from(`${USER}:${token}`).toString('base64')}`;
}

async function read(
  body: Dispatcher.ResponseData['body'],
  { repository, maxBytes, enough = () => false }: Question,
): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Only who decides early needs it whole in between.
    bytes = size < EARLY_BYTES ? Buffer.concat(chunks) : bytes;
    if (size < EARLY_BYTES && enough(bytes)) return bytes;
    if (size > maxBytes) throw oddAnswer(repository, `more than the ${maxBytes} bytes that it may have`);
  }
  return Buffer.concat(chunks);
}

const EARLY_BYTES = 4_096;

function dispatcherFor({ dispatcher, env }: OperationContext): Dispatcher {
  if (dispatcher !== undefined) return dispatcher as Dispatcher;
  try {
    return new EnvHttpProxyAgent(proxySettings(env));
  } catch (cause) {
    throw sourceError({
      code: 'SOURCE_UNREACHABLE',
      kind: 'incomplete',
      message: 'The proxy that HTTPS_PROXY or HTTP_PROXY names cannot be used.',
      hint: 'Set it to something like http://proxy.example:3128, or unset it.',
      cause,
    });
  }
}

function unreachable(repository: string, why: string, cause?: unknown): Error {
  return sourceError({
    code: 'SOURCE_UNREACHABLE',
    kind: 'incomplete',
    message: `${repository} could not be read: ${why}.`,
    hint: 'Check the network and the address; HTTPS_PROXY and NO_PROXY are honoured. Nothing was changed.',
    retryable: true,
    details: { repository },
    ...(cause === undefined ? {} : { cause }),
  });
}

function reasonOf(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  return name === 'TimeoutError' ? 'it did not answer in time' : (code ?? message);
}
