import { badRequest, notFound } from '../api-error.js';
import { bodyObject, json } from './http.js';
import type { Route } from './route.js';
import { leaseView } from './views.js';

const PATH = '/v1/apps/{app}/machines/{machine}/lease';
const NONCE = 'fly-machine-lease-nonce';

/** Unlike the published description, the wire wraps a lease in `{status, data}`. */
export const LEASE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: PATH,
    operation: 'Machines_show_lease',
    scope: 'machine',
    writes: false,
    handle({ platform, machine }) {
      const lease = platform.leases.current(machine);
      if (!lease) throw notFound('lease not found');
      return json({ status: 'success', data: leaseView(lease) });
    },
  },
  {
    method: 'POST',
    path: PATH,
    operation: 'Machines_create_lease',
    scope: 'machine',
    writes: true,
    handle({ platform, request, machine, tokens }) {
      const body = bodyObject(request);
      // The documentation has the ttl in the body, fly-go sends it in the query.
      const ttl = body.ttl ?? request.query.get('ttl') ?? undefined;
      const ttlSeconds = ttl === undefined || ttl === '' ? undefined : Number(ttl);
      if (ttlSeconds !== undefined && !(ttlSeconds > 0)) throw badRequest('invalid_argument: invalid ttl');
      if (machine.state === 'destroyed') throw notFound('not_found: machine not found');
      const lease = platform.leases.acquire(machine, {
        ttlSeconds,
        description: typeof body.description === 'string' ? body.description : undefined,
        owner: tokens[0]?.user ?? '',
        nonce: request.headers[NONCE],
      });
      return json({ status: 'success', data: leaseView(lease) }, 201);
    },
  },
  {
    method: 'DELETE',
    path: PATH,
    operation: 'Machines_release_lease',
    scope: 'machine',
    writes: true,
    handle({ platform, request, machine }) {
      platform.leases.release(machine, request.headers[NONCE]);
      return json({ status: 'success', data: { ok: true } });
    },
  },
];
