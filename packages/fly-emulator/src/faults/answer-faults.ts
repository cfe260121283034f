import type { JsonObject } from '../json.js';
import { numberParam, stringParam, type FaultDefinition } from './fault.js';

const COMMIT = 'true = the request is carried out first, only its answer is this one';

/** Answers that go missing, come late, or are not the ones the handler gave. */
export const ANSWER_FAULTS: readonly FaultDefinition[] = [
  {
    name: 'lost-answer',
    family: 'answer',
    summary: 'The request is carried out, then the connection breaks without an answer.',
    params: {},
    times: 1,
    effect: () => ({ kind: 'drop', when: 'after' }),
  },
  {
    name: 'lost-request',
    family: 'answer',
    summary: 'The connection breaks and nothing has been carried out.',
    params: {},
    times: 1,
    effect: () => ({ kind: 'drop', when: 'before' }),
  },
  {
    name: 'slow-answer',
    family: 'answer',
    summary: 'The request is held for a while before it is carried out.',
    params: { ms: 'how long (default 1000)' },
    times: 1,
    effect: (params) => ({ kind: 'delay', ms: numberParam(params, 'ms', 1000) }),
  },
  httpFault(
    'request-timeout',
    408,
    'Answers 408, as when an operation took too long.',
    'deadline_exceeded: request timed out',
  ),
  {
    ...httpFault('rate-limited', 429, 'Answers 429.', 'rate limit exceeded'),
    params: { retryAfter: 'value of the Retry-After header, in seconds (default: none, as on Fly)', commit: COMMIT },
  },
  httpFault('server-error', 500, 'Answers 500.', 'internal: server error'),
  httpFault('bad-gateway', 502, 'Answers 502.', 'bad gateway'),
  httpFault('unavailable', 503, 'Answers 503.', 'unavailable: service unavailable'),
  {
    name: 'volume-still-claimed',
    family: 'answer',
    summary:
      'Refuses to create a machine with 412: its volume still counts as that of a machine destroyed a moment ago.',
    params: { machine: 'id in the text (default: fourteen NUL bytes, as was seen)' },
    times: 1,
    match: { method: 'POST', path: '/v1/apps/*/machines' },
    effect: (params) => ({
      kind: 'answer',
      when: 'before',
      status: 412,
      body: {
        error: `failed_precondition: volume already claimed by machine ${stringParam(params, 'machine', '\0'.repeat(14))}`,
      },
    }),
  },
  {
    name: 'image-not-found',
    family: 'answer',
    summary: 'Refuses to create a machine: the image cannot be found, as for some seconds after a push.',
    params: { message: 'the text (default "failed to get manifest: manifest unknown")' },
    times: 1,
    match: { method: 'POST', path: '/v1/apps/*/machines' },
    effect: (params) => ({
      kind: 'answer',
      when: 'before',
      // The status is not known (unsure).
      status: 400,
      body: { error: stringParam(params, 'message', 'failed to get manifest: manifest unknown') },
    }),
  },
  httpFault(
    'app-just-destroyed',
    400,
    'Answers 400 "could not find app", as some calls do on an app destroyed a moment ago.',
    'Could not find App',
  ),
];

function httpFault(name: string, status: number, summary: string, error: string): FaultDefinition {
  return {
    name,
    family: 'answer',
    summary,
    params: { commit: COMMIT },
    times: 1,
    effect: (params: JsonObject) => ({
      kind: 'answer',
      when: params.commit === true ? 'after' : 'before',
      status,
      body: { error },
      ...(params.retryAfter === undefined ? {} : { headers: { 'retry-after': String(params.retryAfter) } }),
    }),
  };
}
