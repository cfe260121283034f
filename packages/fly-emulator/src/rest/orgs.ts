import { badRequest } from '../api-error.js';
import type { JsonObject } from '../json.js';
import { requireOrg } from './access.js';
import { flag, intParam, json, listParam } from './http.js';
import { checkLimit, page } from './paging.js';
import type { Call, Route } from './route.js';
import { machineSummary, time, volumeSummary, volumeView } from './views.js';

const MOST = 1000;

/** What an organisation has, over all its apps. */
export const ORG_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/orgs/{org}/machines',
    operation: 'Machines_org_list',
    scope: 'signed-in',
    writes: false,
    handle(call) {
      const { platform, request } = call;
      const deleted = flag(request.query, 'include_deleted');
      const machines = ownApps(call).flatMap((app) => platform.store.machines(app));
      const wanted = machines.filter((machine) => (deleted || machine.state !== 'destroyed') && matches(call, machine));
      const { items, next } = cut(call, wanted);
      const last = items.at(-1);
      return json({
        machines: items.map((machine) => {
          const { cordoned: _cordoned, image_ref: _imageRef, ...summary } = machineSummary(machine);
          const { image, guest, metadata } = machine.config;
          const config: JsonObject = flag(request.query, 'summary') ? {} : { config: { image, guest, metadata } };
          return { app_name: machine.app, ...summary, ...config };
        }),
        next_cursor: next ?? '',
        last_machine_id: last?.id ?? '',
        last_updated_at: last ? time(last.updatedAt) : '',
        error_regions: [],
      });
    },
  },
  {
    method: 'GET',
    path: '/v1/orgs/{org}/volumes',
    operation: 'Volumes_org_list',
    scope: 'signed-in',
    writes: false,
    handle(call) {
      const { platform, request } = call;
      const deleted = flag(request.query, 'include_deleted');
      const volumes = ownApps(call).flatMap((app) => platform.store.volumes(app));
      const wanted = volumes.filter(
        (volume) => (deleted || volume.state !== 'pending_destroy') && matches(call, volume),
      );
      const { items, next } = cut(call, wanted);
      const view = flag(request.query, 'summary') ? volumeSummary : volumeView;
      const last = items.at(-1);
      return json({
        volumes: items.map((volume) => ({
          app_name: volume.app,
          ...view(platform, volume),
          updated_at: time(volume.updatedAt),
        })),
        next_cursor: next ?? '',
        last_volume_id: last?.id ?? '',
        last_updated_at: last ? time(last.updatedAt) : '',
      });
    },
  },
];

function ownApps({ platform, tokens, params }: Call): string[] {
  const org = params.org ?? '';
  requireOrg(platform, tokens, org, false);
  return platform.store
    .apps()
    .filter((app) => app.org === org)
    .map((app) => app.name);
}

function matches({ request }: Call, item: { state: string; region: string; updatedAt: number }): boolean {
  const { query } = request;
  const states = listParam(query, 'state');
  const region = query.get('region');
  const after = query.get('updated_after');
  // A cursor outranks the time.
  const useTime = after !== null && after !== '' && query.get('cursor') === null;
  if (useTime && Number.isNaN(Date.parse(after))) throw badRequest('invalid_argument: invalid updated_after');
  return (
    (states.length === 0 || states.includes(item.state)) &&
    (region === null || region === '' || item.region === region) &&
    (!useTime || item.updatedAt > Date.parse(after))
  );
}

function cut<T extends { id: string; createdAt: number; updatedAt: number }>({ request }: Call, items: T[]) {
  const limit = checkLimit(intParam(request.query, 'limit'), MOST) ?? MOST;
  return page(
    items.sort((a, b) => a.createdAt - b.createdAt),
    limit,
    request.query.get('cursor'),
  );
}
