import { SindriError, type ErrorCode, type SindriErrorOptions } from '@sindri/core';
import type { EndpointName } from './endpoints.js';
import { AGAIN, rules, type Refusal, type Rule } from './error-rules.js';

/**
 * A request to Fly that did not succeed. Everything outside `api/` sees a `SindriError`; the extra fields are for the code
 * of this provider that decides what to do next.
 */
export class FlyApiError extends SindriError {
  /** HTTP status, `null` when no answer came. */
  readonly status: number | null;
  /** The request may or may not have had its effect. Always `false` for reads. */
  readonly outcomeUnknown: boolean;

  constructor(options: SindriErrorOptions & { status: number | null; outcomeUnknown?: boolean }) {
    super(options);
    this.status = options.status;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/** Whether `error` is Fly's answer with one of these codes. */
export function hasCode(error: unknown, ...codes: ErrorCode[]): error is FlyApiError {
  return error instanceof FlyApiError && codes.includes(error.code);
}

/** The error for an answer that is not a success. */
export function refusalError(refusal: Refusal, options: { requestId?: string; isRead: boolean }): FlyApiError {
  // The last rule accepts everything.
  const rule = rules.find((candidate) => candidate.when(refusal)) as Rule;
  return new FlyApiError({
    code: rule.code,
    kind: rule.kind,
    retryable: rule.retryable ?? false,
    message: rule.message(refusal),
    hint: rule.hint?.(refusal),
    details: {
      status: refusal.status,
      endpoint: refusal.endpoint,
      ...(options.requestId === undefined ? {} : { requestId: options.requestId }),
      ...(refusal.text === '' ? {} : { answer: refusal.text }),
      ...rule.details?.(refusal),
    },
    status: refusal.status,
    outcomeUnknown: !options.isRead && (refusal.status === 408 || refusal.status >= 500),
  });
}

/** System and undici codes that prove that no request was ever sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The code in an error of undici or the system, looking through its causes. */
export function systemCode(error: unknown): string | null {
  for (let current = error, depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
    const { code, cause, errors } = current as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === 'string') return code;
    current = cause ?? (Array.isArray(errors) ? (errors as unknown[])[0] : undefined);
  }
  return null;
}

/** Whether the request certainly never reached Fly. */
export function neverSent(error: unknown): boolean {
  return NEVER_SENT.has(systemCode(error) ?? '');
}

/** The error for a request that got no usable answer. */
export function transportError(
  cause: unknown,
  options: { endpoint: EndpointName; what: string; origin: string; isRead: boolean },
): FlyApiError {
  const code = systemCode(cause);
  const text = cause instanceof Error && cause.message !== '' ? cause.message : String(code ?? 'unknown');
  return new FlyApiError({
    code: 'FLY_UNREACHABLE',
    kind: 'incomplete',
    retryable: true,
    message: `Could not ${options.what}: no answer from ${options.origin} (${text}).`,
    hint: 'Check the network connection, HTTPS_PROXY and NO_PROXY, then run the same command again.',
    details: { endpoint: options.endpoint, origin: options.origin, ...(code === null ? {} : { cause: code }) },
    status: null,
    outcomeUnknown: !options.isRead && !neverSent(cause),
    cause,
  });
}

/** The error for a write that may or may not have happened, when looking did not help either. */
export function outcomeUnknownError(what: string, cause: FlyApiError): SindriError {
  return new SindriError({
    code: 'FLY_OUTCOME_UNKNOWN',
    kind: 'incomplete',
    retryable: true,
    message: `It is not known whether Fly did ${what}: the answer was lost, and looking afterwards failed as well.`,
    hint: AGAIN,
    details: { ...cause.details },
    cause,
  });
}
