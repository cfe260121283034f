import { proxySettings, timeLimit, type AskVault, type VaultAnswer, type VaultQuestion } from '@sindri/core';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';

type Env = Readonly<Record<string, string | undefined>>;

/** What a test, or a program with connections of its own, says otherwise. */
export interface ReadVaultOptions {
  /** Default: through the proxy that the environment names. */
  dispatcher?: Dispatcher;
  /** Waits before another try; rejects when `signal` is aborted. Default: a timer. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const TRIES = 3;
const FIRST_WAIT_MS = 500;
const TIMEOUT_MS = 30_000;
/** A secret of a vault has at most 1 MiB. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

/**
 * Reads one secret of a key-value store, version 2, as `VAULT_ADDR`, `VAULT_TOKEN` and `VAULT_NAMESPACE` say; nothing in a config can say
 * otherwise. Tries again what the network or the server could not do. Nothing leaves this function but what it returns: no message has the
 * token or a value. Rejects only when the signal is aborted.
 */
export async function readVault(
  question: VaultQuestion,
  { env, signal, hide }: Parameters<AskVault>[1],
  { dispatcher, sleep = wait }: ReadVaultOptions = {},
): Promise<VaultAnswer> {
  const address = env['VAULT_ADDR']?.trim() ?? '';
  const token = env['VAULT_TOKEN']?.trim() ?? '';
  hide(token);
  const unset = [...(address === '' ? ['VAULT_ADDR'] : []), ...(token === '' ? ['VAULT_TOKEN'] : [])];
  if (unset.length > 0) return failed(`${unset.join(' and ')} ${unset.length === 1 ? 'is' : 'are'} not set`);
  const url = secretUrl(address, question);
  if (url === null) return failed('VAULT_ADDR is no address such as https://vault.example:8200');
  if (/[^\x21-\x7e]/.test(token)) return failed('VAULT_TOKEN is no token');
  const place = `Vault at ${url.origin}`;
  const headers = requestHeaders(token, env);
  if (headers === null) return failed('VAULT_NAMESPACE is no namespace');
  const way = dispatcher ?? proxied(env);
  if (way === null) return failed('the proxy that HTTPS_PROXY or HTTP_PROXY names cannot be used');
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(url, headers, way, signal);
    signal.throwIfAborted();
    if (answer.status === 'found') return { ...answer, place };
    if (answer.status !== 'again') return answer;
    if (attempt === TRIES) return failed(`${place} ${answer.reason}`);
    await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
  }
}

type Reply =
  | { status: 'found'; data: Record<string, unknown> }
  | { status: 'missing'; reason: string }
  | { status: 'failed'; reason: string }
  | { status: 'again'; reason: string };

async function ask(
  url: URL,
  headers: Record<string, string>,
  dispatcher: Dispatcher,
  stop: AbortSignal,
): Promise<Reply> {
  const signal = timeLimit(stop, TIMEOUT_MS);
  let status: number;
  let text: string;
  try {
    // A redirect is not followed: the token is for the address that somebody has named.
    const answer = await request(url, { dispatcher, method: 'GET', headers, signal });
    status = answer.statusCode;
    text = await readText(answer.body);
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    if (error instanceof TooLong) return { status: 'failed', reason: `${url.origin} sent more than a secret can have` };
    return silent(url.origin, error, signal.aborted);
  }
  if (status === 404) return missing(url.origin, text);
  if (status >= 300 && status < 400)
    return { status: 'failed', reason: `${url.origin} answers ${status}, and a token is sent to no other address` };
  if (status === 403)
    return { status: 'failed', reason: `${url.origin} says that VAULT_TOKEN may not read it, or has ended` };
  if (status >= 500 || status === 429) return { status: 'again', reason: explain(status) };
  if (status !== 200) return { status: 'failed', reason: `${url.origin} answers ${status}` };
  const data = secretOf(text);
  if (data !== null) return { status: 'found', data };
  return { status: 'failed', reason: `${url.origin} sent no secret of a key-value store, version 2` };
}

/** A certificate that nobody trusts, or none at all, is so at the next try too. */
function silent(origin: string, error: unknown, isOverTime: boolean): Reply {
  const { code } = error as { code?: unknown };
  const named = typeof code === 'string' ? code : 'no connection';
  if (isOverTime) return { status: 'again', reason: `does not answer within ${TIMEOUT_MS / 1000} s` };
  if (named === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return { status: 'failed', reason: `${origin} does not speak TLS; does VAULT_ADDR begin with http://?` };
  if (/CERT|SIGNATURE|ISSUER/.test(named))
    return {
      status: 'failed',
      reason: `${origin} has a certificate that is not trusted here (${named}); NODE_EXTRA_CA_CERTS names the file of its authority`,
    };
  return { status: 'again', reason: `does not answer (${named})` };
}

/**
 * A vault says of a secret that is not there `{"errors":[]}`, and of a version that was deleted what it was. Anything else with this status
 * is about another thing: a mount or a namespace that there is not, or a server that is no vault.
 */
function missing(origin: string, text: string): Reply {
  const { errors, data } = objectOf(text);
  if (typeof data === 'object' && data !== null) return { status: 'missing', reason: 'it was deleted' };
  if (!Array.isArray(errors)) return { status: 'failed', reason: `${origin} answers 404, and not as a vault does` };
  if (errors.length === 0) return { status: 'missing', reason: 'not there' };
  return { status: 'failed', reason: `${origin} has no key-value store at this mount and namespace (404)` };
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function explain(status: number): string {
  if (status === 503) return 'is sealed or in maintenance (503)';
  return status === 429 ? 'limits requests (429)' : `answers ${status}`;
}

/** `data.data` of the answer. */
function secretOf(text: string): Record<string, unknown> | null {
  const secret = (objectOf(text)['data'] as { data?: unknown } | null | undefined)?.data;
  return typeof secret === 'object' && secret !== null && !Array.isArray(secret)
    ? (secret as Record<string, unknown>)
    : null;
}

/** `/v1/<mount>/data/<path>`, each part encoded; `null` when `address` is none. */
function secretUrl(address: string, { mount, path }: VaultQuestion): URL | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  const parts = [...split(mount), 'data', ...split(path)].map(encodeURIComponent);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${parts.join('/')}`;
  url.search = '';
  url.hash = '';
  return url;
}

/** Without the dots that would lead somewhere else. */
function split(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
}

function requestHeaders(token: string, env: Env): Record<string, string> | null {
  const namespace = env['VAULT_NAMESPACE']?.trim() ?? '';
  if (/[^\x21-\x7e]/.test(namespace)) return null;
  return {
    'x-vault-token': token,
    'x-vault-request': 'true',
    accept: 'application/json',
    ...(namespace === '' ? {} : { 'x-vault-namespace': namespace }),
  };
}

class TooLong extends Error {}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_ANSWER) {
      body.destroy();
      throw new TooLong();
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function proxied(env: Env): Dispatcher | null {
  try {
    return new EnvHttpProxyAgent(proxySettings(env));
  } catch {
    return null;
  }
}

function failed(reason: string): VaultAnswer {
  return { status: 'failed', reason };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
