import { SERVED_ROUTES } from '../src/index.js';
import { NOT_SERVED } from '../src/rest/not-served.js';
import { CONFIG, useFly, type Answer } from './support/fly.js';
import { differences, readOpenApi, type Schema } from './support/openapi.js';
import { PUBLISHED_OPERATIONS } from './support/published-operations.js';

const anonymous = (path: string): string => path.replace(/\{[^}]+\}/g, '{}');
const keyOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;
const routeOf = ({ method, path }: { method: string; path: string }) =>
  SERVED_ROUTES.find((route) => route.method === method && anonymous(route.path) === anonymous(`/v1${path}`));
const description = readOpenApi();

describe('every operation of the published description', () => {
  test.each(PUBLISHED_OPERATIONS)('$method $path is served, or there is a reason why not', (operation) => {
    const reason = NOT_SERVED[keyOf(operation)];
    const route = routeOf(operation);
    if (reason !== undefined) {
      expect(route).toBeUndefined();
      expect(reason.length).toBeGreaterThan(20);
    } else {
      expect(route).toBeDefined();
      expect(route?.operation).toBe(operation.operation);
    }
  });

  test('no reason is left over for something that is not in the description', () => {
    const known = PUBLISHED_OPERATIONS.map(keyOf);
    expect(Object.keys(NOT_SERVED).filter((key) => !known.includes(key))).toEqual([]);
  });

  test('the report', () => {
    const served = PUBLISHED_OPERATIONS.filter(routeOf).length;
    expect({ published: PUBLISHED_OPERATIONS.length, served, notServed: Object.keys(NOT_SERVED).length }).toEqual({
      published: 76,
      served: 57,
      notServed: 19,
    });
  });

  test('the copied list is the list in the description, where a copy of that lies beside the repository', () => {
    if (!description) return;
    const listed = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        method: method.toUpperCase(),
        path,
        operation: operationId,
      })),
    );
    expect(PUBLISHED_OPERATIONS).toEqual(listed);
  });
});

/** Where the wire is known to differ from the description, or where the emulator's answer is newer than it. */
const KNOWN_DIFFERENCES = [
  // Booleans for "off" and "stop".
  /autostop: boolean, not string$/,
  /autostop: true is not in the enum$/,
  /autostop: false is not in the enum$/,
];

describe('a served operation really answers, and in the described shape', () => {
  const fly = useFly(() => ({ orgs: ['acme'] }));

  test('all of them, once', async () => {
    const answers = new Map<string, Answer>();
    const ask = async (
      operation: string,
      method: string,
      path: string,
      body?: unknown,
      headers?: Record<string, string>,
    ) => {
      const answer = await fly.call(method, `/v1${path}`, body, headers);
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      answers.set(`${method} ${operation}`, answer);
      return answer.body;
    };
    await ask('Apps_create', 'POST', '/apps', { name: 'demo', org_slug: 'acme' });
    await ask('Apps_list', 'GET', '/apps?org_slug=acme');
    await ask('Apps_show', 'GET', '/apps/demo');
    await ask('App_create_deploy_token', 'POST', '/apps/demo/deploy_token', { expiry: '1h' });
    const { ip } = await ask('App_IPAssignments_create', 'POST', '/apps/demo/ip_assignments', { type: 'v6' });
    await ask('App_IPAssignments_list', 'GET', '/apps/demo/ip_assignments');
    await ask('App_IPAssignments_delete', 'DELETE', `/apps/demo/ip_assignments/${ip}`);
    await ask('App_Certificates_list', 'GET', '/apps/demo/certificates');
    await ask('Secretkeys_list', 'GET', '/apps/demo/secretkeys');
    await ask('Secrets_update', 'POST', '/apps/demo/secrets', { values: { A: '1' } });
    await ask('Secrets_list', 'GET', '/apps/demo/secrets');
    await ask('Secret_create', 'POST', '/apps/demo/secrets/B', { value: '2' });
    await ask('Secret_get', 'GET', '/apps/demo/secrets/B');
    await ask('Secret_delete', 'DELETE', '/apps/demo/secrets/B');
    const volume = (await ask('Volumes_create', 'POST', '/apps/demo/volumes', { name: 'data', region: 'sjc' })).id;
    await ask('Volumes_list', 'GET', '/apps/demo/volumes');
    await ask('Volumes_get_by_id', 'GET', `/apps/demo/volumes/${volume}`);
    await ask('Volumes_update', 'PUT', `/apps/demo/volumes/${volume}`, { snapshot_retention: 7 });
    await ask('Volumes_extend', 'PUT', `/apps/demo/volumes/${volume}/extend`, { size_gb: 5 });
    await ask('createVolumeSnapshot', 'POST', `/apps/demo/volumes/${volume}/snapshots`);
    await ask('Volumes_list_snapshots', 'GET', `/apps/demo/volumes/${volume}/snapshots`);
    const config = {
      ...CONFIG,
      env: { A: 'b' },
      metadata: { role: 'test' },
      mounts: [{ volume, path: '/data' }],
      services: [
        {
          internal_port: 2222,
          autostop: 'stop',
          autostart: true,
          ports: [{ port: 10022 }],
          checks: [{ type: 'tcp', interval: '15s' }],
        },
      ],
      checks: { ssh: { type: 'tcp', port: 2222, interval: '30s' } },
    };
    const machine = (await ask('Machines_create', 'POST', '/apps/demo/machines', { config })).id;
    const path = `/apps/demo/machines/${machine}`;
    await ask('Machines_wait', 'GET', `${path}/wait?state=started`);
    await ask('Machines_list', 'GET', '/apps/demo/machines');
    await ask('Machines_show', 'GET', path);
    await ask('Machines_exec', 'POST', `${path}/exec`, { command: ['true'] });
    await ask('Machines_list_processes', 'GET', `${path}/ps`);
    await ask('Machines_list_events', 'GET', `${path}/events`);
    await ask('Machines_list_versions', 'GET', `${path}/versions`);
    await ask('Machines_show_metadata', 'GET', `${path}/metadata`);
    await ask('Machines_update_metadata', 'PUT', `${path}/metadata`, { metadata: { a: '1' } });
    await ask('Machines_update_metadata', 'PATCH', `${path}/metadata`, { metadata: { a: '1' } });
    await ask('Machines_upsert_metadata', 'POST', `${path}/metadata/b`, { value: '1' });
    await ask('Machines_get_metadata_key', 'GET', `${path}/metadata/b`);
    await ask('Machines_delete_metadata', 'DELETE', `${path}/metadata/b`);
    await ask('Machines_get_memory', 'GET', `${path}/memory`);
    await ask('Machines_set_memory_limit', 'PUT', `${path}/memory`, { limit_mb: 128 });
    await ask('Machines_reclaim_memory', 'POST', `${path}/memory/reclaim`, { amount_mb: 1 });
    await ask('Machines_cordon', 'POST', `${path}/cordon`);
    await ask('Machines_uncordon', 'POST', `${path}/uncordon`);
    const lease = await ask('Machines_create_lease', 'POST', `${path}/lease`, { ttl: 60 });
    await ask('Machines_show_lease', 'GET', `${path}/lease`);
    await ask('Machines_release_lease', 'DELETE', `${path}/lease`, undefined, {
      'fly-machine-lease-nonce': lease.data.nonce,
    });
    await ask('Machines_signal', 'POST', `${path}/signal`, { signal: 'SIGUSR1' });
    await ask('Machines_restart', 'POST', `${path}/restart`);
    await fly.get(`/v1${path}/wait?state=started`);
    const { instance_id } = await ask('Machines_update', 'POST', path, { config });
    await fly.get(`/v1${path}/wait?state=started&version=${instance_id}`);
    await ask('Machines_suspend', 'POST', `${path}/suspend`);
    await fly.get(`/v1${path}/wait?state=suspended`);
    await ask('Machines_start', 'POST', `${path}/start`);
    await fly.get(`/v1${path}/wait?state=started`);
    await ask('Machines_stop', 'POST', `${path}/stop`);
    await fly.get(`/v1${path}/wait?state=stopped`);
    await ask('Machines_org_list', 'GET', '/orgs/acme/machines');
    await ask('Volumes_org_list', 'GET', '/orgs/acme/volumes');
    await ask('Platform_regions_get', 'GET', '/platform/regions');
    await ask('Platform_placements_post', 'POST', '/platform/placements', { org_slug: 'acme', region: 'ams' });
    await ask('CurrentToken_show', 'GET', '/tokens/current');
    await ask('Machines_delete', 'DELETE', path);
    await fly.get(`/v1${path}/wait?state=destroyed`);
    await ask('Volume_delete', 'DELETE', `/apps/demo/volumes/${volume}`);
    await ask('Apps_delete', 'DELETE', '/apps/demo');

    const served = PUBLISHED_OPERATIONS.filter(routeOf).map(({ method, operation }) => `${method} ${operation}`);
    expect([...answers.keys()].sort()).toEqual([...served].sort());
    if (!description) return;
    const problems = PUBLISHED_OPERATIONS.flatMap((operation) => {
      const answer = answers.get(`${operation.method} ${operation.operation}`);
      return answer ? shapeProblems(operation, answer).map((problem) => `${keyOf(operation)} ${problem}`) : [];
    });
    expect(problems.filter((problem) => !KNOWN_DIFFERENCES.some((known) => known.test(problem)))).toEqual([]);
  });

  function shapeProblems(operation: { method: string; path: string }, answer: Answer): string[] {
    if (!description) return [];
    const responses = description.paths[operation.path]?.[operation.method.toLowerCase()]?.responses ?? {};
    const response = responses[String(answer.status)];
    if (!response) return [`status ${answer.status}, described are ${Object.keys(responses).join(', ')}`];
    const schema: Schema | undefined = Object.values(response.content ?? {})[0]?.schema;
    return schema && answer.body !== '' ? differences(description, schema, answer.body) : [];
  }
});
