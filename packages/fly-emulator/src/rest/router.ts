import { ApiError, notFound } from '../api-error.js';
import { numberParam, stringParam } from '../faults/fault.js';
import type { Platform } from '../platform/platform.js';
import { createVolumeSweep } from '../platform/volume-sweep.js';
import type { AppRecord, MachineRecord, VolumeRecord } from '../records.js';
import { requireApp, signIn } from './access.js';
import type { ApiRequest, ApiResponse } from './http.js';
import { NOT_SERVED } from './not-served.js';
import type { RateLimiter } from './rate-limits.js';
import type { Call, Route } from './route.js';
import { ROUTES } from './routes.js';
import { isUnreachable } from './views.js';

/** From a request to its answer; no sockets in here. */
export interface Router {
  /** The route a request would take, or `null`. */
  match(method: string, path: string): { route: Route; params: Record<string, string> } | null;
  handle(request: ApiRequest): Promise<ApiResponse>;
}

/** @param limiter absent = no rate limits */
export function createRouter(platform: Platform, limiter?: RateLimiter): Router {
  const sweepVolumes = createVolumeSweep(platform);
  const table = ROUTES.map((route) => ({ route, pattern: compile(route.path) }));

  const missing = Object.entries(NOT_SERVED).map(([operation, reason]) => {
    const [method = '', path = ''] = operation.split(' ');
    return { method, pattern: compile(`/v1${path}`), reason };
  });
  const refuse = ({ method, path }: ApiRequest): ApiResponse => {
    const found = missing.find((one) => one.method === method && one.pattern.test(path));
    if (found) return { status: 501, body: { error: `unimplemented: not in the local emulator: ${found.reason}` } };
    return { status: 404, text: '404 page not found' };
  };

  const match: Router['match'] = (method, path) => {
    for (const { route, pattern } of table) {
      const found = route.method === method ? pattern.exec(path) : null;
      if (found) return { route, params: decodeParams(found.groups ?? {}) };
    }
    return null;
  };

  const handle = async (request: ApiRequest): Promise<ApiResponse> => {
    const matched = match(request.method, request.path);
    if (!matched) return refuse(request);
    const { route, params } = matched;
    try {
      platform.lifecycle.destroyOnReturnedHosts();
      await sweepVolumes();
      return await carryOut(route, params, request);
    } catch (error) {
      if (error instanceof ApiError) return { status: error.httpStatus, body: errorBody(route, error) };
      throw error;
    }
  };

  const carryOut = (route: Route, params: Record<string, string>, request: ApiRequest) => {
    if (route.scope === 'open') return route.handle({ platform, request, params, tokens: [] });
    const tokens = signIn(platform, request.headers.authorization, route.facade === true);
    checkRate(route, params);
    const call: Call = { platform, request, params, tokens };
    if (route.scope === 'signed-in') return route.handle(call);
    const app = requireApp(platform, tokens, params.app ?? '', route.writes);
    if (route.scope === 'app') return route.handle({ ...call, app });
    if (route.scope === 'volume') {
      const volume = findVolume(app, params.volume);
      const holder = platform.store.machine(volume.attachedMachine ?? '');
      if (route.writes && holder && isUnreachable(platform, holder)) throw hostLost('volume');
      return route.handle({ ...call, app, volume });
    }
    const machine = findMachine(app, params.machine);
    if (route.leased === true) checkLease(machine, request);
    // Fly takes note of a destroy, and carries it out when the host is back.
    const isDestroy = route.operation === 'Machines_delete';
    if (route.writes && !isDestroy && isUnreachable(platform, machine)) throw hostLost('machine');
    return route.handle({ ...call, app, machine });
  };

  const checkRate = (route: Route, params: Record<string, string>): void => {
    if (!limiter || route.rate === 'none') return;
    const identifier = params.machine ?? params.app ?? params.org ?? '';
    const rate = route.rate ?? 'default';
    const key = rate === 'delete-app' ? '' : identifier;
    if (!limiter.take(rate, route.operation, key)) throw new ApiError(429, 'rate limit exceeded');
  };

  const checkLease = (machine: MachineRecord, request: ApiRequest): void => {
    const target = { app: machine.app, id: machine.id, name: machine.name };
    const held = platform.leases.current(machine) ? null : platform.faults.strike('lease-held', target);
    if (held) {
      platform.leases.acquire(machine, {
        ttlSeconds: numberParam(held, 'ttlSeconds', 60),
        description: stringParam(held, 'description', 'deploy'),
        owner: stringParam(held, 'owner', `${platform.ids.uuid()}@tokens.fly.io`),
      });
    }
    platform.leases.check(machine, request.headers['fly-machine-lease-nonce']);
  };

  const findMachine = (app: AppRecord, id: string | undefined): MachineRecord => {
    const machine = platform.store.machine(id ?? '');
    if (!machine || machine.app !== app.name) throw notFound('not_found: machine not found');
    return machine;
  };

  const findVolume = (app: AppRecord, id: string | undefined): VolumeRecord => {
    const volume = platform.store.volume(id ?? '');
    if (!volume || volume.app !== app.name) throw notFound('not_found: volume not found');
    return volume;
  };

  return { match, handle };
}

/** What Fly answers for something on a lost host is not known (unsure). */
function hostLost(what: string): ApiError {
  return new ApiError(503, `unavailable: the host of this ${what} is unreachable`);
}

function errorBody(route: Route, error: ApiError) {
  if (route.path === '/graphql') return { errors: [{ message: error.message, extensions: { code: 'UNAUTHORIZED' } }] };
  // The newer JSON API beside the Machines API has its own shape.
  if (route.path.startsWith('/api/')) return { errors: { detail: error.message } };
  return error.body(route.facade === true);
}

function compile(path: string): RegExp {
  const source = path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^${source}$`);
}

function decodeParams(groups: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
