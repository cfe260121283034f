import { type JsonObject, type OperationContext } from '@sindri/core';
import type { Dispatcher } from 'undici';
import { authorizationHeader } from '../auth/token.js';
import type { FoundToken } from '../auth/sources.js';
import { ask, type Answer, type AnswerHead } from './ask.js';
import { baseUrl } from './base-url.js';
import { endpoints, type Endpoint, type EndpointName, type Repeat } from './endpoints.js';
import type { RequestSubject } from './error-rules.js';
import { answerRules, DEEPEST_ANSWER, LONGEST_ERROR_BODY } from './answer-shapes.js';
import { tooLargeError, tooSlowError, unexpectedError, type BadAnswer } from './bad-answers.js';
import { neverSent, refusalError, transportError, type FlyApiError } from './errors.js';
import { isNestedDeeper } from './shape.js';
import type { WireErrorBody } from './types.js';

export interface SendRequest {
  /** Values for the `{…}` parts of the path. */
  params: Record<string, string>;
  query?: Record<string, string | number | readonly string[] | undefined>;
  body?: JsonObject;
  /** A held lease's nonce. */
  nonce?: string;
  /** How long the answer may take, beyond a usual call: a wait asks for this long. Milliseconds. */
  expectedMs?: number;
  /** When the endpoint's own rule does not fit this call. */
  repeat?: Repeat;
  /** Statuses that are an answer to this call, however transient they look. */
  finalStatuses?: readonly number[];
  subject?: RequestSubject;
}

/**
 * Performs one call and returns the parsed JSON body (`undefined` for an empty one), which has the shape that `answerRules` asks
 * for. Throws {@link FlyApiError}.
 */
export type Send = <T>(endpoint: EndpointName, request: SendRequest) => Promise<T>;

export interface SendOptions {
  context: OperationContext;
  dispatcher: Dispatcher;
  /** `null` for the few calls that need none. */
  credentials: FoundToken | null;
  /** Time limit of one request, from its start to the last byte of the answer, beyond what the call is expected to take. Milliseconds. */
  totalMs?: number;
}

/** Without a byte of the answer. */
const ANSWER_TIMEOUT_MS = 30_000;
/** For the whole answer, however steadily it trickles in. */
const TOTAL_TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 5;
/** Nobody listens there, or there is no network: that seldom passes within seconds, and people wait for an answer. */
const MAX_ATTEMPTS_WITHOUT_CONNECTION = 3;
const FIRST_DELAY_MS = 300;
/** Rate limits are counted per second, so a shorter pause cannot help. */
const RATE_LIMIT_DELAY_MS = 1_000;
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * The one place that speaks HTTP: address, credentials, timeout, retry, error mapping and events. Reads and
 * idempotent writes are repeated on 408, 429, 5xx and broken connections; other writes only when they certainly had no
 * effect, so that a create can never happen twice by itself. An answer is limited in size and time, and a success is looked at
 * before anybody believes it.
 *
 * An answer may quote the token: whoever finds a token hides it (`findToken`), and what leaves passes core's redactor.
 */
export function createSend(options: SendOptions): Send {
  const { context, dispatcher, credentials, totalMs = TOTAL_TIMEOUT_MS } = options;
  return async function send<T>(name: EndpointName, sent: SendRequest): Promise<T> {
    const endpoint: Endpoint = endpoints[name];
    const repeat = sent.repeat ?? endpoint.repeat;
    for (let attempt = 1; ; attempt++) {
      context.signal.throwIfAborted();
      const result = await attemptOnce<T>(name, endpoint, sent, attempt);
      if (result.ok) return result.value;
      const delayMs = retryDelayMs(result, repeat, attempt, sent.finalStatuses ?? []);
      if (delayMs === null) throw result.error;
      const { method, path } = describe(endpoint, sent);
      const reason = result.error.status === null ? 'no answer' : `HTTP ${result.error.status}`;
      context.emit({ type: 'api.retry', method, path, reason, delayMs, attempt });
      await context.clock.sleep(delayMs, context.signal);
    }
  };

  async function attemptOnce<T>(
    name: EndpointName,
    endpoint: Endpoint,
    sent: SendRequest,
    attempt: number,
  ): Promise<AttemptResult<T>> {
    const base = baseUrl(endpoint.host, context.env);
    const { method, path } = describe(endpoint, sent);
    const url = new URL(path, base);
    for (const [key, value] of Object.entries(sent.query ?? {})) {
      for (const item of Array.isArray(value) ? (value as string[]) : [value]) {
        if (item !== undefined) url.searchParams.append(key, String(item));
      }
    }
    const timeoutMs = ANSWER_TIMEOUT_MS + (sent.expectedMs ?? 0);
    const isRead = endpoint.repeat === 'read';
    const what = fill(endpoint.what, sent.params);
    const startedAt = context.clock.now();
    // Sockets run on real time, like undici's own limits.
    const limit = AbortSignal.timeout(totalMs + (sent.expectedMs ?? 0));

    let head = undefined as AnswerHead | undefined;
    let answer: Answer;
    try {
      const question = {
        url,
        method,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'user-agent': 'sindri-provider-fly',
          ...(credentials === null ? {} : { authorization: authorizationHeader(credentials.token) }),
          ...(sent.nonce === undefined ? {} : { 'fly-machine-lease-nonce': sent.nonce }),
        },
        body: sent.body === undefined ? undefined : JSON.stringify(sent.body),
        signal: AbortSignal.any([context.signal, limit]),
        timeoutMs,
      };
      answer = await ask(dispatcher, question, (heard) => {
        head = heard;
        return limitOf(heard.status);
      });
      // undici takes a connection back only then: who asks at once would open another one, with all its round trips.
      await new Promise((resolve) => setImmediate(resolve));
    } catch (cause) {
      context.signal.throwIfAborted();
      if (limit.aborted) return refuse(tooSlowError(badAnswer(head), totalMs + (sent.expectedMs ?? 0)));
      const error = transportError(cause, { endpoint: name, what, origin: base.origin, isRead });
      report({ error: error.message });
      return { ok: false, error, harmless: neverSent(cause), retryAfterMs: null };
    }

    const { status, headers, text } = answer;
    const requestId = headers['fly-request-id'];
    if (text === null) return refuse(tooLargeError(badAnswer(answer), limitOf(status)));
    report({ status, requestId });
    if (isSuccess(status)) {
      const parsed = parseBody(text);
      if (parsed.ok) {
        const fault = isNestedDeeper(text, DEEPEST_ANSWER)
          ? `it is nested deeper than ${DEEPEST_ANSWER} levels`
          : answerRules[name].shape(parsed.value, '');
        if (fault === null) return { ok: true, value: parsed.value as T };
        return { ok: false, error: unexpectedError(badAnswer(answer), fault), harmless: false, retryAfterMs: null };
      }
      // Something in between (a captive portal, a proxy) answered in the API's place.
      const error = transportError(new Error('the answer is not JSON'), {
        endpoint: name,
        what,
        origin: base.origin,
        isRead,
      });
      return { ok: false, error, harmless: false, retryAfterMs: null };
    }
    const body = errorBody(text);
    const error = refusalError(
      {
        status,
        endpoint: name,
        what,
        text: body.text,
        statusCode: body.statusCode,
        isJson: body.isJson,
        origin: base.origin,
        subject: { app: sent.params.app, ...sent.subject },
        tokenOrigin: credentials?.origin ?? null,
      },
      { requestId, isRead },
    );
    const retryAfterMs = parseRetryAfter(headers['retry-after'], context.clock.now());
    return { ok: false, error, harmless: status === 429, retryAfterMs };

    function limitOf(answered: number): number {
      return isSuccess(answered) ? answerRules[name].limitBytes : LONGEST_ERROR_BODY;
    }

    function badAnswer(got: AnswerHead | undefined): BadAnswer {
      const id = got?.headers['fly-request-id'];
      return {
        endpoint: name,
        what,
        origin: base.origin,
        isRead,
        status: got?.status ?? null,
        ...(id === undefined ? {} : { requestId: id }),
      };
    }

    /** An answer that was given up: asking again would bring the same. */
    function refuse(error: FlyApiError): AttemptFailure {
      report({ error: error.message });
      return { ok: false, error, harmless: false, retryAfterMs: null, final: true };
    }

    function report(outcome: { status?: number; requestId?: string; error?: string }): void {
      const elapsedMs = context.clock.now() - startedAt;
      context.emit({ type: 'api.request', method, path, elapsedMs, attempt, ...outcome });
    }
  }

  function retryDelayMs(
    failure: AttemptFailure,
    repeat: Repeat,
    attempt: number,
    finalStatuses: readonly number[],
  ): number | null {
    const { status } = failure.error;
    const attempts = status === null && failure.harmless ? MAX_ATTEMPTS_WITHOUT_CONNECTION : MAX_ATTEMPTS;
    if (failure.final === true) return null;
    if (attempt >= attempts || (status !== null && finalStatuses.includes(status))) return null;
    const transient = status === null || status === 408 || status === 429 || status >= 500;
    if (!transient || (repeat === 'unproven' && !failure.harmless)) return null;
    if (failure.retryAfterMs !== null) return failure.retryAfterMs;
    const base = status === 429 ? RATE_LIMIT_DELAY_MS : FIRST_DELAY_MS;
    return Math.round(base * 2 ** (attempt - 1) * (1 + context.random() / 2));
  }
}

type AttemptResult<T> = { ok: true; value: T } | AttemptFailure;

interface AttemptFailure {
  ok: false;
  error: FlyApiError;
  /** The request certainly had no effect. */
  harmless: boolean;
  retryAfterMs: number | null;
  /** Not to be repeated, whatever the status says. */
  final?: boolean;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function describe(endpoint: Endpoint, sent: SendRequest): { method: Endpoint['method']; path: string } {
  return { method: endpoint.method, path: fill(endpoint.path, sent.params, encodeURIComponent) };
}

function fill(template: string, params: Record<string, string>, encode: (value: string) => string = (v) => v): string {
  return template.replace(/\{(\w+)\}/g, (_match, key: string) => encode(params[key] ?? ''));
}

function parseBody(text: string): { ok: true; value: unknown } | { ok: false } {
  if (text.trim() === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

/** The decoder order of Fly's own client: `message`, `error`, `msg`, the raw text. */
function errorBody(text: string): { text: string; statusCode: string | null; isJson: boolean } {
  const parsed = parseBody(text);
  if (!parsed.ok || typeof parsed.value !== 'object' || parsed.value === null) {
    return { text: withoutControls(text.trim().slice(0, 500)), statusCode: null, isJson: false };
  }
  const { message, error, msg, status } = parsed.value as WireErrorBody;
  const first = [message, error, msg].find((item) => typeof item === 'string' && item !== '');
  return {
    text: withoutControls((first ?? text.trim()).slice(0, 2_000)),
    statusCode: typeof status === 'string' ? status : null,
    isJson: first !== undefined,
  };
}

/** What a terminal takes for an order: `ESC [ 31 m`. */
const ORDERS = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/** Fly quotes what it has in memory, NUL bytes included; none of that belongs into a message. */
function withoutControls(text: string): string {
  return text.replace(ORDERS, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** `Retry-After` in seconds or as a date; Fly documents neither, so anything odd is ignored. */
function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : null;
}
