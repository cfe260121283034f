import { badRequest, notFound } from '../api-error.js';
import type { JsonObject } from '../json.js';
import { createRelease, findRelease, isInProgress, latestRelease } from '../platform/releases.js';
import type { ReleaseRecord } from '../records.js';
import { reachesApp, requireApp } from './access.js';
import { intParam, json, requiredBody } from './http.js';
import type { Route } from './route.js';
import { time } from './views.js';

const STATUSES = ['pending', 'running', 'complete', 'failed', 'interrupted'];

/** What clients tell of their deployments. Machines do not need them; `fly releases` and `fly config save` read them. */
export const RELEASE_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/releases',
    operation: 'Releases_create',
    scope: 'signed-in',
    writes: true,
    handle({ platform, request, tokens }) {
      const { app_name: name, image, strategy, definition } = requiredBody(request);
      const app = requireApp(platform, tokens, typeof name === 'string' ? name : '', true);
      const release = createRelease(platform, app, {
        strategy: typeof strategy === 'string' ? strategy : 'ROLLING',
        imageRef: typeof image === 'string' ? image : '',
        definition: definition ?? {},
        user: tokens[0]?.createdBy ?? tokens[0]?.user ?? '',
      });
      return json({ release: releaseView(release) });
    },
  },
  {
    method: 'PATCH',
    path: '/api/v1/releases/{release}',
    operation: 'Releases_update',
    scope: 'signed-in',
    writes: true,
    handle({ platform, request, tokens, params }) {
      const found = findRelease(platform, params.release ?? '');
      if (!found || !tokens.some((token) => reachesApp(token, found.app, true))) throw notFound('Not Found');
      const { status } = requiredBody(request);
      if (typeof status !== 'string' || !STATUSES.includes(status))
        throw badRequest(`status must be one of ${STATUSES.join(', ')}`);
      found.release.status = status;
      platform.store.changed({ app: found.app });
      // Bare, as flyctl reads it; the answer to a create is wrapped.
      return json(releaseView(found.release));
    },
  },
  {
    method: 'GET',
    path: '/api/v1/releases/all_current',
    operation: 'Releases_all_current',
    scope: 'signed-in',
    writes: false,
    handle({ platform, tokens }) {
      const apps = platform.store.apps().filter((app) => tokens.some((token) => reachesApp(token, app, false)));
      const dated = apps.flatMap((app) => {
        const release = latestRelease(app);
        return release ? [[app.name, time(release.createdAt)] as const] : [];
      });
      return json(Object.fromEntries(dated));
    },
  },
  {
    method: 'GET',
    path: '/api/v1/apps/{app}/releases',
    operation: 'App_releases_list',
    scope: 'app',
    writes: false,
    handle({ app, request }) {
      const limit = intParam(request.query, 'limit') ?? Infinity;
      return json({ releases: [...(app.releases ?? [])].reverse().slice(0, limit).map(releaseView) });
    },
  },
  {
    method: 'GET',
    path: '/api/v1/apps/{app}/releases/current',
    operation: 'App_releases_current',
    scope: 'app',
    writes: false,
    handle({ app }) {
      const release = latestRelease(app);
      if (release === null) throw notFound('Not Found');
      return json(releaseView(release));
    },
  },
];

function releaseView(release: ReleaseRecord): JsonObject {
  return {
    id: release.id,
    version: release.version,
    stable: release.status === 'complete',
    in_progress: isInProgress(release),
    status: release.status,
    strategy: release.strategy,
    user: release.user,
    created_at: time(release.createdAt),
    image_ref: release.imageRef,
  };
}
