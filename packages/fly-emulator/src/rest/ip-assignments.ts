import { badRequest } from '../api-error.js';
import { isJsonObject } from '../json.js';
import { allocateIp, releaseIp } from '../platform/addresses.js';
import { decodeShape } from '../platform/json-shape.js';
import type { IpType } from '../records.js';
import { empty, json, requiredBody } from './http.js';
import type { Route } from './route.js';
import { ipView } from './views.js';

const TYPES = ['v4', 'v6', 'shared_v4', 'private_v6', 'egress_v4', 'egress_v6', 'egress_pair'];

const assignShape = {
  object: { type: 'string', region: 'string', org_slug: 'string', network: 'string', service_name: 'string' },
} as const;

export const IP_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/apps/{app}/ip_assignments',
    operation: 'App_IPAssignments_list',
    scope: 'app',
    writes: false,
    facade: true,
    handle: ({ app }) => json({ ips: app.ips.map(ipView) }),
  },
  {
    method: 'POST',
    path: '/v1/apps/{app}/ip_assignments',
    operation: 'App_IPAssignments_create',
    scope: 'app',
    writes: true,
    facade: true,
    handle({ platform, request, app }) {
      const body = decodeShape(assignShape, requiredBody(request), 'AssignIPRequest');
      const type = isJsonObject(body) ? String(body.type ?? '') : '';
      // Wording unsure.
      if (!isJsonObject(body) || !TYPES.includes(type))
        throw badRequest(`invalid_argument: unknown address type "${type}"`);
      const rest = { region: body.region as string | undefined, serviceName: body.service_name as string | undefined };
      if (type === 'egress_pair') {
        const v4 = allocateIp(platform, app, { type: 'egress_v4', ...rest });
        const v6 = allocateIp(platform, app, { type: 'egress_v6', ...rest });
        return json({ ...ipView(v4), ip_pair: { v4: v4.ip, v6: v6.ip } });
      }
      return json(ipView(allocateIp(platform, app, { type: type as IpType, ...rest })));
    },
  },
  {
    method: 'DELETE',
    path: '/v1/apps/{app}/ip_assignments/{ip}',
    operation: 'App_IPAssignments_delete',
    scope: 'app',
    writes: true,
    facade: true,
    handle({ platform, app, params }) {
      releaseIp(platform, app, params.ip ?? '');
      return empty(204);
    },
  },
];
