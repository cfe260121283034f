import type { JsonObject } from '@sindri/core';
import type { EndpointName } from './endpoints.js';
import { AGAIN } from './error-rules.js';
import { FlyApiError } from './errors.js';

/** An answer that nobody can use. */
export interface BadAnswer {
  endpoint: EndpointName;
  /** What was asked for, in words: `create app demo`. */
  what: string;
  origin: string;
  isRead: boolean;
  /** HTTP status, `null` when not even that came. */
  status: number | null;
  requestId?: string;
}

const ANOTHER_SERVER =
  'Another server may have answered in its place: check FLY_FLAPS_BASE_URL, FLY_API_BASE_URL and HTTPS_PROXY.';

/** A success whose body is not what Fly sends. A write may have happened all the same. */
export function unexpectedError(answer: BadAnswer, fault: string): FlyApiError {
  const request = answer.requestId === undefined ? '' : `, request ${answer.requestId}`;
  return new FlyApiError({
    code: 'FLY_ANSWER_UNEXPECTED',
    kind: 'incomplete',
    message: `Could not ${answer.what}: the answer is not what Fly sends (${fault}; ${answer.endpoint}${request}).`,
    hint: ANOTHER_SERVER,
    details: { ...detailsOf(answer), fault },
    status: answer.status,
    outcomeUnknown: isOutcomeUnknown(answer),
  });
}

/** An answer that is longer than any that Fly sends. */
export function tooLargeError(answer: BadAnswer, limitBytes: number): FlyApiError {
  return new FlyApiError({
    code: 'FLY_ANSWER_TOO_LARGE',
    kind: 'incomplete',
    message: `Could not ${answer.what}: the answer of ${answer.origin} is larger than ${limitBytes / 1024 / 1024} MiB, the limit.`,
    hint: ANOTHER_SERVER,
    details: { ...detailsOf(answer), limitBytes },
    status: answer.status,
    outcomeUnknown: isOutcomeUnknown(answer),
  });
}

/** An answer that kept coming and did not end. */
export function tooSlowError(answer: BadAnswer, limitMs: number): FlyApiError {
  return new FlyApiError({
    code: 'FLY_ANSWER_TOO_SLOW',
    kind: 'incomplete',
    retryable: true,
    message: `Could not ${answer.what}: the answer of ${answer.origin} was not complete after ${limitMs / 1_000} s, the limit.`,
    hint: `Check the network connection. ${AGAIN}`,
    details: { ...detailsOf(answer), limitMs },
    status: answer.status,
    outcomeUnknown: isOutcomeUnknown(answer),
  });
}

function detailsOf({ status, endpoint, origin, requestId }: BadAnswer): JsonObject {
  return { status, endpoint, origin, ...(requestId === undefined ? {} : { requestId }) };
}

/** A refusal is one, however its body goes on. */
function isOutcomeUnknown({ status, isRead }: BadAnswer): boolean {
  return !isRead && !(status !== null && status >= 400 && status < 500 && status !== 408);
}
