import type { VirtualClock } from '../clock.js';
import type { FaultControl } from '../faults/fault-control.js';
import type { FaultMatch } from '../faults/fault.js';
import type { Exchange } from '../http-server.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import type { RequestLog } from '../request-log.js';
import { bodyObject, empty, json, type ApiRequest, type ApiResponse } from '../rest/http.js';
import { ApiError } from '../api-error.js';
import { answerChallenge, CHALLENGE_HEADER, isSecret, SECRET_HEADER } from './admin-secret.js';
import type { EmulatorSnapshot } from './snapshot.js';

export interface AdminDeps {
  /** What every caller has to show, except for the bare health answer. */
  secret: string;
  faults: FaultControl;
  requests: RequestLog;
  /** `null` when time is real. */
  virtualClock: VirtualClock | null;
  now(): number;
  inspect(): EmulatorSnapshot;
  /** Where clients find this emulator. No token. */
  addresses(): Record<string, string>;
  facts(): JsonObject;
  /** PEM. */
  certificateAuthority(): string;
}

export const ADMIN_PREFIX = '/_emulator';

/**
 * The emulator's own endpoints, for clients in any language: `health`, `env`, `certificate-authority`, `state`, `requests`, `faults`, `clock`.
 * They need the emulator's secret (a bare `health` does not), never show a token, and refuse what a browser page could send:
 * requests with an `Origin`, or for another host name.
 */
export function createAdminExchange(deps: AdminDeps): Exchange {
  return async (request) => {
    const response = await answer(deps, request).catch((error: unknown) => {
      const status = error instanceof ApiError ? error.httpStatus : 400;
      return json({ error: error instanceof Error ? error.message : String(error) }, status);
    });
    return { response, sent: () => undefined };
  };
}

async function answer(deps: AdminDeps, request: ApiRequest): Promise<ApiResponse> {
  if (request.headers.origin !== undefined || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
    return json({ error: 'the emulator is administered from this computer only' }, 403);
  }
  const endpoint = request.path.slice(ADMIN_PREFIX.length);
  if (!isSecret(request.headers[SECRET_HEADER], deps.secret)) return answerStranger(deps, request, endpoint);
  const faultId = /^\/faults\/([^/]+)$/.exec(endpoint)?.[1];
  if (faultId !== undefined && request.method === 'DELETE') {
    deps.faults.clear(faultId);
    return empty(204);
  }
  switch (`${request.method} ${endpoint}`) {
    case 'GET /health':
      return json({ ok: true, ...deps.facts() });
    case 'GET /env':
      return json(deps.addresses());
    case 'GET /certificate-authority':
      return { status: 200, text: deps.certificateAuthority() };
    case 'GET /state':
      return json(deps.inspect() as unknown as JsonValue);
    case 'GET /requests':
      return json(deps.requests.list() as unknown as JsonValue);
    case 'DELETE /requests':
      deps.requests.clear();
      return empty(204);
    case 'GET /faults':
      return json({ active: deps.faults.list(), catalogue: deps.faults.catalogue() } as unknown as JsonValue);
    case 'POST /faults':
      return json({ id: inject(deps.faults, bodyObject(request)) }, 201);
    case 'DELETE /faults':
      deps.faults.clear();
      return empty(204);
    case 'GET /clock':
      return json({ now: new Date(deps.now()).toISOString(), virtual: deps.virtualClock !== null });
    case 'POST /clock':
      return advance(deps, bodyObject(request).advanceMs);
    default:
      return { status: 404, text: '404 page not found' };
  }
}

/** Somebody without the secret learns whether the emulator is up, and nothing else. */
function answerStranger(deps: AdminDeps, request: ApiRequest, endpoint: string): ApiResponse {
  if (request.method !== 'GET' || endpoint !== '/health') {
    return json({ error: `the header ${SECRET_HEADER} must hold the secret of this emulator` }, 401);
  }
  const proof = answerChallenge(deps.secret, request.headers[CHALLENGE_HEADER]);
  return json(proof === null ? { ok: true } : { ok: true, proof });
}

function inject(faults: FaultControl, body: JsonObject): string {
  if (typeof body.name !== 'string') throw new Error('name is required');
  const { name: _name, match, times, params, ...others } = body;
  for (const [key, value] of Object.entries({ match, params })) {
    if (value !== undefined && !isJsonObject(value)) throw new Error(`${key} must be an object`);
  }
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new Error(`${JSON.stringify(unknown.slice(0, 100))} is not known; a fault has name, match, times, params`);
  }
  return faults.inject({
    name: body.name,
    ...(match === undefined ? {} : { match: match as FaultMatch }),
    // Whatever else these are is refused where they are checked.
    ...(times === undefined ? {} : { times: times as number }),
    ...(params === undefined ? {} : { params: params as JsonObject }),
  });
}

async function advance(deps: AdminDeps, ms: JsonValue | undefined): Promise<ApiResponse> {
  if (!deps.virtualClock) return json({ error: 'time is real here: it cannot be advanced' }, 409);
  if (typeof ms !== 'number' || ms < 0) return json({ error: 'advanceMs must be a number of milliseconds' }, 400);
  await deps.virtualClock.advance(ms);
  return json({ now: new Date(deps.now()).toISOString(), virtual: true });
}
