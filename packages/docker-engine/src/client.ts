import type { Duplex, Readable } from 'node:stream';
import { isSindriError, timeLimit, type OperationContext } from '@sindri/core';
import { Agent, type Dispatcher } from 'undici';
import { engineError } from './engine-error.js';
import { findEndpoint, type Endpoint } from './endpoint.js';

/** The newest version of the API that this provider knows, and the oldest that it can work with. */
const NEWEST = '1.47';
const OLDEST = '1.40';
const ANSWER_MS = 60_000;
const ANSWER_BYTES = 16 * 1024 ** 2;

/** What is sent beside method and path. An object in the query is sent as JSON; `body` is a tar. */
export interface EngineRequest {
  query?: Record<string, string | number | boolean | object | null>;
  json?: unknown;
  body?: Buffer;
  headers?: Record<string, string>;
}

/** The API of one engine, for one operation: each call ends with the signal of its context. */
export interface Engine {
  readonly where: string;
  /** Whether loopback ports of the engine are ports of this computer. */
  readonly isHere: boolean;
  /** Whether it is Podman behind the same API: it lacks the change of a container in place. */
  readonly isPodman: boolean;
  /** The JSON of the answer, or its bytes where that is what it holds. Rejects for every status from 400. */
  call<T>(method: string, path: string, request?: EngineRequest): Promise<T>;
  /** The same, `null` when the engine says in words that there is no such thing. Nothing else means that it is absent. */
  find<T>(path: string, request?: EngineRequest): Promise<T | null>;
  /** An answer without an end: logs, progress. */
  stream(method: string, path: string, request?: EngineRequest): Promise<Readable>;
  /** Turns a request into a stream of bytes in both directions. */
  hijack(path: string, json: unknown): Promise<Duplex>;
  /** The same engine for what outlives the operation: a session, a stream. Its calls end with their answers only. */
  lasting(): Engine;
}

/** Opens the engine that a context leads to. */
export type OpenEngine = (context: OperationContext) => Promise<Engine>;

/** Keeps connections, and the version that an engine speaks, for as long as the provider lives. */
export function createEngineOpener(): OpenEngine {
  const pools = new Map<string, Dispatcher>();
  const versions = new Map<string, Promise<Spoken>>();
  return async (context) => {
    context.signal.throwIfAborted();
    const endpoint = await findEndpoint(context.env);
    const key = JSON.stringify(endpoint);
    const { socketPath, tls } = endpoint;
    const connect = { timeout: 10_000, ...(socketPath === undefined ? {} : { socketPath }), ...tls };
    // A connection to a socket costs nothing, and one that is kept may be closed when the next request comes.
    const pipelining = socketPath === undefined ? 1 : 0;
    const pool = (context.dispatcher as Dispatcher | undefined) ?? pools.get(key) ?? new Agent({ connect, pipelining });
    if (context.dispatcher === undefined) pools.set(key, pool);
    const raw = createEngine(pool, endpoint, { prefix: '', isPodman: false }, context);
    const version = versions.get(key) ?? negotiate(raw);
    versions.set(key, version);
    version.catch(() => versions.delete(key));
    return createEngine(pool, endpoint, await version, context);
  };
}

/** What an engine and this provider both speak. */
interface Spoken {
  /** Of each path: `/v1.41`. */
  prefix: string;
  isPodman: boolean;
}

async function negotiate(engine: Engine): Promise<Spoken> {
  type Wire = { ApiVersion?: string; MinAPIVersion?: string; Components?: { Name: string }[] };
  const { ApiVersion: newest, MinAPIVersion: oldest, Components } = await engine.call<Wire>('GET', '/version');
  const isPodman = Components?.some(({ Name }) => Name === 'Podman Engine') ?? false;
  const minor = (version: string | undefined) => Number(/^1\.(\d+)$/.exec(version ?? '')?.[1] ?? NaN);
  const agreed = Math.min(minor(newest), minor(NEWEST));
  if (agreed >= minor(OLDEST) && !(agreed < minor(oldest))) return { prefix: `/v1.${agreed}`, isPodman };
  throw engineError(
    'DOCKER_API_VERSION',
    'refused',
    `${engine.where} speaks API ${oldest ?? '?'} to ${newest ?? '?'}, and Sindri ${OLDEST} to ${NEWEST}.`,
    'Update the older of the two.',
  );
}

function createEngine(pool: Dispatcher, endpoint: Endpoint, spoken: Spoken, context: OperationContext): Engine {
  const { where, origin, socketPath } = endpoint;
  const { prefix, isPodman } = spoken;
  const { signal, emit, clock } = context;

  async function observed<T>(
    method: string,
    path: string,
    send: () => Promise<T & { statusCode?: number }>,
  ): Promise<T> {
    signal.throwIfAborted();
    const startedAt = clock.now();
    const tell = (more: object) =>
      emit({ type: 'api.request', method, path, elapsedMs: clock.now() - startedAt, attempt: 1, ...more });
    try {
      const answer = await send();
      tell({ status: answer.statusCode ?? 101 });
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      const failure = isSindriError(error) ? error : unreachable(endpoint, error);
      tell({ error: failure.message });
      throw failure;
    }
  }

  function send(
    method: string,
    path: string,
    { query = {}, json, body, headers = {} }: EngineRequest,
    within: AbortSignal,
    bodyTimeout: number,
  ) {
    const values = Object.entries(query).filter(([, value]) => value !== null);
    const search = new URLSearchParams(
      values.map(([name, value]): [string, string] => [
        name,
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ]),
    );
    const type = json !== undefined ? 'application/json' : body !== undefined ? 'application/x-tar' : undefined;
    return observed(method, path, () =>
      pool.request({
        origin,
        path: `${prefix}${path}${values.length === 0 ? '' : `?${search}`}`,
        method: method as Dispatcher.HttpMethod,
        headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
        body: json === undefined ? (body ?? null) : JSON.stringify(json),
        signal: within,
        headersTimeout: bodyTimeout,
        bodyTimeout,
      }),
    );
  }

  async function answer(method: string, path: string, request: EngineRequest = {}): Promise<unknown> {
    const within = timeLimit(signal, ANSWER_MS);
    const { statusCode, headers, body } = await send(method, path, request, within, ANSWER_MS);
    const bytes = await readBounded(body, where).catch((error: unknown) => {
      signal.throwIfAborted();
      throw isSindriError(error) ? error : unreachable(endpoint, error);
    });
    if (statusCode >= 400) throw refusal(where, statusCode, bytes.toString());
    if (String(headers['content-type']).startsWith('application/x-tar')) return bytes;
    return parse(bytes.toString(), where);
  }

  return {
    where,
    isPodman,
    isHere: socketPath !== undefined || /^https?:\/\/(localhost|127\.|\[::1\])/.test(origin),
    call: <T>(method: string, path: string, request?: EngineRequest) => answer(method, path, request) as Promise<T>,
    async find<T>(path: string, request?: EngineRequest) {
      return answer('GET', path, request).catch(ignoreAbsent) as Promise<T | null>;
    },
    async stream(method, path, request = {}) {
      const { statusCode, body } = await send(method, path, request, signal, 0);
      if (statusCode >= 400) throw refusal(where, statusCode, (await readBounded(body, where)).toString());
      return body;
    },
    async hijack(path, json) {
      const body = JSON.stringify(json);
      const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
      const options = { origin, path: `${prefix}${path}`, method: 'POST', protocol: 'tcp', headers, body, signal };
      const { socket } = await observed('POST', path, () =>
        pool.upgrade(options as Dispatcher.UpgradeOptions & { origin: string }),
      );
      socket.on('error', () => undefined);
      return socket;
    },
    lasting: () => createEngine(pool, endpoint, spoken, { ...context, signal: new AbortController().signal }),
  };
}

/** For a deletion of what may be gone already. */
export function ignoreAbsent(error: unknown): null {
  if (isSindriError(error) && error.details.absent === true) return null;
  throw error;
}

/** For a creation of what somebody else may have made in the meantime. */
export function ignoreConflict(error: unknown): null {
  if (isSindriError(error) && error.details.status === 409) return null;
  throw error;
}

async function readBounded(body: Readable, where: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > ANSWER_BYTES) {
      body.destroy();
      throw invalid(where, `an answer of more than ${ANSWER_BYTES / 1024 ** 2} MB`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function parse(text: string, where: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid(where, 'an answer that is no JSON');
  }
}

function invalid(where: string, what: string): Error {
  return engineError(
    'DOCKER_ANSWER_INVALID',
    'incomplete',
    `${where} sent ${what}.`,
    'Is it a Docker Engine that listens there? Check DOCKER_HOST.',
  );
}

/** What an engine says of an image of which no container can be run. */
const UNUSABLE_IMAGE =
  /unable to find (?:user|group) |no matching entries in (?:passwd|group) file|no command specified|executable file not found|exec format error|unable to start container process: exec:/i;
const OTHER_IMAGE =
  'The image cannot be run so: correct its USER, ENTRYPOINT or CMD, or choose another `deployment.image`.';

/** `{"message": "No such container: x"}`; Podman says it in other words. Any other 404 is an error like all else. */
function refusal(where: string, status: number, text: string): Error {
  let message = text.slice(0, 1000).trim();
  try {
    message = String((JSON.parse(text) as { message?: unknown }).message ?? message).slice(0, 1000);
  } catch {
    // In plain words, then.
  }
  const absent =
    status === 404 &&
    /no such|not found|could not find|image not known/i.test(message) &&
    !/page not found/i.test(message);
  const details = { status, ...(absent ? { absent } : {}) };
  const what = `${where} refused (${status}): ${message || 'no reason'}`;
  if (status === 401 || status === 403) return engineError('DOCKER_PERMISSION', 'auth', what, undefined, { details });
  // An engine says so with 400 or with 500; trying again does not help.
  if (UNUSABLE_IMAGE.test(message)) return engineError('DOCKER_REFUSED', 'refused', what, OTHER_IMAGE, { details });
  if (status < 500) return engineError('DOCKER_REFUSED', 'refused', what, undefined, { details });
  return engineError('DOCKER_ENGINE_FAILED', 'incomplete', what, undefined, { retryable: true, details });
}

function unreachable({ where, isGuess }: Endpoint, error: unknown): Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return engineError(
      'DOCKER_PERMISSION',
      'auth',
      `You may not use ${where}.`,
      'Become a member of its group (`sudo usermod -aG docker $USER`, then sign in again), or run Docker rootless.',
      { cause: error },
    );
  }
  if ((error as Error).name === 'TimeoutError' || /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/.test(code)) {
    return engineError(
      'DOCKER_UNREACHABLE',
      'incomplete',
      `${where} took the request and did not answer within ${ANSWER_MS / 1_000} s.`,
      'Where `docker info` hangs, too, restart Docker. Then run the same command again: it continues.',
      { retryable: true, cause: error },
    );
  }
  const silent = ['ENOENT', 'ECONNREFUSED', 'ENOTFOUND'].includes(code);
  return engineError(
    'DOCKER_UNREACHABLE',
    'incomplete',
    silent ? `No Docker Engine answers at ${where}.` : `${where} did not answer to its end: ${message}`,
    silent ? 'Start Docker, or set DOCKER_HOST or DOCKER_CONTEXT.' : 'Run the same command again: it continues.',
    { retryable: true, cause: error, ...(isGuess ? { details: { notSetUp: true } } : {}) },
  );
}
