import type { EmulatorClock } from './clock.js';
import type { FaultEngine } from './faults/fault-control.js';
import type { RequestEffect } from './faults/fault.js';
import type { Exchange } from './http-server.js';
import type { Ids } from './ids.js';
import { NEAREST_REGION } from './platform/regions.js';
import type { LoggedRequest, RequestRecorder } from './request-log.js';
import type { ApiRequest, ApiResponse } from './rest/http.js';
import type { Route } from './rest/route.js';
import type { Router } from './rest/router.js';
import type { Store } from './store.js';

export interface ApiExchangeDeps {
  router: Router;
  log: RequestRecorder;
  faults: FaultEngine;
  clock: EmulatorClock;
  ids: Ids;
  store: Store;
  /** Makes sure that what the answer acknowledges is reachable, and stored; resolves with false when it could not be stored. */
  commit(): Promise<boolean>;
  /** Whether a change could be stored now, as far as is known. */
  isWritable(): Promise<boolean>;
}

/** One request to the emulated API: logged, disturbed by faults, carried out, made durable, and only then answered. */
export function createApiExchange(deps: ApiExchangeDeps): Exchange {
  const { log, faults, ids } = deps;

  return async (request) => {
    const entry = log.begin(describe(deps, request));
    await log.tell(entry, 'received');
    const effect = faults.strikeRequest(request);
    let answer = await carryOutIfStorable(deps, request, entry, effect);
    // What was read is shown also when the disk is full; what was written is not acknowledged.
    if (answer && !(await deps.commit()) && entry.writes && answer.status < 400)
      answer = notStored('this change may be lost');
    entry.status = answer?.status ?? null;
    entry.lost = effect?.kind === 'drop';
    await log.tell(entry, 'committed');
    const response =
      answer && !entry.lost ? { ...answer, headers: { ...platformHeaders(ids, entry), ...answer.headers } } : null;
    return { response, sent: () => log.tell(entry, 'answered') };
  };
}

/** A write is not begun when its result could not be stored. */
async function carryOutIfStorable(
  deps: ApiExchangeDeps,
  request: ApiRequest,
  entry: LoggedRequest,
  effect: RequestEffect | null,
): Promise<ApiResponse | null> {
  if (entry.writes && !(await deps.isWritable())) return notStored('nothing is changed until then');
  return carryOut(deps, request, effect);
}

function notStored(what: string): ApiResponse {
  const error = `unavailable: this emulator cannot write its state to the disk. Make room there; ${what}`;
  return { status: 503, body: { error } };
}

async function carryOut(
  deps: ApiExchangeDeps,
  request: ApiRequest,
  effect: RequestEffect | null,
): Promise<ApiResponse | null> {
  if (effect?.kind === 'drop' && effect.when === 'before') return null;
  if (effect?.kind === 'answer') {
    if (effect.when === 'after') await deps.router.handle(request);
    return { status: effect.status, body: effect.body, headers: effect.headers };
  }
  if (effect?.kind === 'delay') {
    await new Promise<void>((resolve) => {
      deps.clock.after(effect.ms, resolve);
    });
  }
  return deps.router.handle(request);
}

function describe(
  { router, ids, store }: ApiExchangeDeps,
  request: ApiRequest,
): Omit<LoggedRequest, 'index' | 'at' | 'status' | 'lost'> {
  const matched = router.match(request.method, request.path);
  const app = matched?.params.app === undefined ? undefined : store.app(matched.params.app);
  return {
    method: request.method,
    path: request.path,
    query: Object.fromEntries(request.query),
    org: app?.org ?? matched?.params.org ?? request.query.get('org_slug'),
    writes: matched ? writes(matched.route, request) : !['GET', 'HEAD'].includes(request.method),
    operation: matched?.route.operation ?? null,
    requestId: `${ids.ulid()}-${NEAREST_REGION}`,
  };
}

const writes = (route: Route, request: ApiRequest): boolean => route.writesWhen?.(request) ?? route.writes;

function platformHeaders(ids: Ids, entry: LoggedRequest): Record<string, string> {
  return {
    'fly-request-id': entry.requestId,
    'fly-span-id': ids.hex(16),
    'fly-trace-id': ids.hex(32),
    server: 'Fly/emulator',
    via: '1.1 fly.io',
  };
}
