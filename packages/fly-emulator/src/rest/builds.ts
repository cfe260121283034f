import { badRequest, unprocessable } from '../api-error.js';
import { isJsonObject } from '../json.js';
import { requireApp } from './access.js';
import { json, requiredBody } from './http.js';
import type { Call, Route } from './route.js';

const NO_BUILDER =
  'this local emulator has no builders: name an image (--image), or build one on this computer (--local-only)';

/** A client that deploys tells how its image comes about. Nothing is built here, and nothing of it is kept. */
export const BUILD_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/builds',
    operation: 'Builds_create',
    scope: 'signed-in',
    writes: true,
    handle(call) {
      requireNamedApp(call);
      return json({ id: call.platform.store.nextNumericId(), status: 'started', wallclock_time_ms: 0 });
    },
  },
  {
    method: 'POST',
    path: '/api/v1/builds/finish',
    operation: 'Builds_finish',
    scope: 'signed-in',
    writes: true,
    handle(call) {
      const { build_id: id, status, timings } = requireNamedApp(call);
      if (typeof id !== 'number') throw badRequest('build_id is required');
      const took = isJsonObject(timings) ? Number(timings.build_and_push_ms ?? 0) : 0;
      return json({
        id,
        status: typeof status === 'string' ? status : 'completed',
        wallclock_time_ms: Math.max(0, took),
      });
    },
  },
  {
    method: 'POST',
    path: '/api/v1/builds/depot_builder',
    operation: 'Builds_depot_builder',
    scope: 'signed-in',
    writes: false,
    handle() {
      throw unprocessable(NO_BUILDER);
    },
  },
  {
    method: 'POST',
    path: '/api/v1/organizations/{org}/builders',
    operation: 'Organizations_create_builder',
    scope: 'signed-in',
    writes: false,
    handle() {
      throw unprocessable(NO_BUILDER);
    },
  },
];

function requireNamedApp({ platform, request, tokens }: Call) {
  const body = requiredBody(request);
  requireApp(platform, tokens, typeof body.app_name === 'string' ? body.app_name : '', true);
  return body;
}
