import { badRequest } from '../api-error.js';
import { isJsonObject } from '../json.js';
import { createApp, destroyApp } from '../platform/apps.js';
import { decodeShape } from '../platform/json-shape.js';
import { requireOrg } from './access.js';
import { flag, intParam, json, empty, requiredBody } from './http.js';
import { checkLimit, page } from './paging.js';
import type { Route } from './route.js';
import { appView } from './views.js';

const createShape = {
  object: {
    name: 'string',
    app_name: 'string',
    org_slug: 'string',
    network: 'string',
    enable_subdomains: 'bool',
    app_role_id: 'string',
    idempotency_key: 'string',
  },
} as const;

export const APP_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/apps',
    operation: 'Apps_list',
    scope: 'signed-in',
    writes: false,
    facade: true,
    handle({ platform, request, tokens }) {
      const org = request.query.get('org_slug');
      if (org === null || org === '') throw badRequest('invalid_argument: org_slug is required');
      requireOrg(platform, tokens, org, false);
      // A role is given to apps of Fly's own products only; none of them is made here.
      const anyRole = (request.query.get('app_role') ?? '') === '';
      const apps = platform.store.apps().filter((app) => app.org === org && anyRole);
      const limit = checkLimit(intParam(request.query, 'limit'), 5000);
      const { items, next } = page(apps, limit, request.query.get('cursor'));
      return json({
        total_apps: apps.length,
        apps: items.map((app) => appView(platform, app)),
        ...(next === null ? {} : { next_cursor: next }),
      });
    },
  },
  {
    method: 'POST',
    path: '/v1/apps',
    operation: 'Apps_create',
    scope: 'signed-in',
    writes: true,
    facade: true,
    handle({ platform, request, tokens }) {
      const body = decodeShape(createShape, requiredBody(request), 'CreateAppRequest');
      if (!isJsonObject(body)) throw badRequest('EOF');
      const org = body.org_slug as string | undefined;
      if (org === undefined) throw badRequest('invalid_argument: org_slug is required');
      requireOrg(platform, tokens, org, true);
      const app = createApp(platform, {
        // Older documentation calls it app_name; both are taken.
        name: String(body.name ?? body.app_name ?? ''),
        org,
        network: body.network as string | undefined,
        idempotencyKey: body.idempotency_key as string | undefined,
      });
      // flyctl asks to wait and reads the app's name from the answer; without it it never ends (likely).
      const whole = flag(request.query, 'wait') ? appView(platform, app) : {};
      return json({ ...whole, id: app.id, created_at: app.createdAt }, 201);
    },
  },
  {
    method: 'GET',
    path: '/v1/apps/{app}',
    operation: 'Apps_show',
    scope: 'app',
    writes: false,
    facade: true,
    handle: ({ platform, app }) => json(appView(platform, app)),
  },
  {
    method: 'DELETE',
    path: '/v1/apps/{app}',
    operation: 'Apps_delete',
    scope: 'app',
    writes: true,
    facade: true,
    rate: 'delete-app',
    async handle({ platform, app }) {
      // Running machines go along, asked by force or not: flyctl's `apps destroy` never sends `force` (likely).
      await destroyApp(platform, app);
      return empty(202);
    },
  },
];
