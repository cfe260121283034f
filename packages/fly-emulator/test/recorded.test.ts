import { recorded, recordedError } from '../../../test/recorded/recorded.js';
import { createVirtualClock } from '../src/index.js';
import { CONFIG, newMachine, startedMachine, useFly, type Subject } from './support/fly.js';

/** Members that one body lacks and the other has, and members of another JSON type. `null` stands for any type. */
function differences(real: unknown, ours: unknown, where = ''): string[] {
  if (real === null || ours === null) return [];
  if (Array.isArray(real) && Array.isArray(ours)) {
    return real.length === 0 || ours.length === 0 ? [] : differences(real[0], ours[0], `${where}[]`);
  }
  if (kind(real) !== kind(ours)) return [`${where}: ${kind(ours)} in place of ${kind(real)}`];
  if (typeof real !== 'object' || typeof ours !== 'object') return [];
  const [theirs, own] = [real as Record<string, unknown>, ours as Record<string, unknown>];
  return [...new Set([...Object.keys(theirs), ...Object.keys(own)])].flatMap((key) => {
    const place = where === '' ? key : `${where}.${key}`;
    if (!(key in own)) return [`${place} is missing`];
    if (!(key in theirs)) return [`${place} is too much`];
    return differences(theirs[key], own[key], place);
  });
}

const kind = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);

const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

async function createRecordedMachine(fly: Subject): Promise<Record<string, unknown>> {
  const { config } = recorded('machineCreated');
  await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
  const volume = (await fly.post('/v1/apps/demo/volumes', { name: 'db', region: 'ams', size_gb: 1 })).body.id;
  const sent = {
    ...config,
    mounts: [{ volume, path: '/volume' }],
    services: [{ protocol: 'tcp', internal_port: 9091, ports: [{ port: 444, handlers: ['tls'] }] }],
  };
  const { status, body } = await fly.post('/v1/apps/demo/machines', { name: 'env-1', region: 'ams', config: sent });
  expect(status).toBe(200);
  return body;
}

describe('answers in the shape that was recorded', () => {
  const fly = useFly(() => ({ latency: { createMs: 60_000 } }));

  test('a machine right after its create', async () => {
    const real = recorded('machineCreated');
    // Which labels an image has is the image's own affair; the emulator has no registry.
    const { image_ref: theirs, ...rest } = real;
    const { image_ref: image, ...body } = await createRecordedMachine(fly);
    expect(differences(rest, body)).toEqual([]);
    expect(image).toMatchObject({ registry: theirs.registry, repository: theirs.repository, tag: theirs.tag });
    expect(body).toMatchObject({
      state: 'created',
      incomplete_config: null,
      created_at: expect.stringMatching(WHOLE_SECONDS),
      updated_at: expect.stringMatching(WHOLE_SECONDS),
      config: {
        restart: real.config.restart,
        mounts: [{ encrypted: true, size_gb: 1, name: 'db', path: '/volume' }],
      },
    });
    expect((body.events as { type: string; status: string; source: string }[]).map(line)).toEqual(
      real.events.map(line),
    );
  });

  test('what was not sent is not filled in', async () => {
    const path = await newMachine(fly, { services: [{ internal_port: 6379, autostop: 'off', autostart: true }] });
    const { config } = (await fly.get(path)).body;
    const [real] = recorded('machinesStarted');
    expect(config.services).toEqual(real.config.services);
    expect(config.restart).toEqual(real.config.restart);
    expect(config).not.toHaveProperty('metadata');
  });

  test('a restart policy is shown as it was sent', async () => {
    const { restart } = recorded('machineStopped').config;
    const path = await newMachine(fly, { restart });
    expect((await fly.get(path)).body.config.restart).toEqual(restart);
  });

  test('a volume that no machine has yet', async () => {
    const real = recorded('volume');
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const { body } = await fly.post('/v1/apps/demo/volumes', { name: 'my_app_vol', region: 'ams', size_gb: 1 });
    expect(differences(real, body)).toEqual([]);
    const figures = ['blocks', 'block_size', 'blocks_free', 'blocks_avail', 'bytes_used', 'bytes_total'];
    expect(figures.map((figure) => body[figure])).toEqual(figures.map(() => 0));
  });

  test('a lease, and its release', async () => {
    const path = await newMachine(fly);
    const lease = await fly.post(`${path}/lease`, { ttl: 30 });
    expect(lease.status).toBe(201);
    expect(differences(recorded('lease'), lease.body)).toEqual([]);
    const nonce = { 'fly-machine-lease-nonce': lease.body.data.nonce };
    expect((await fly.delete(`${path}/lease`, nonce)).body).toEqual({ status: 'success', data: { ok: true } });
  });

  test('placements', async () => {
    const { body } = await fly.post('/v1/platform/placements', { org_slug: 'personal', region: 'fra' });
    expect(differences(recorded('placements'), body)).toEqual([]);
    expect(body.Regions[0].Region).toBe('fra');
  });
});

describe('events as they were recorded', () => {
  const fly = useFly();

  test('created, stopped by a user, woken by the proxy', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    const { body } = await fly.get(`${path}/events`);
    // The recorded list goes on with a wake by the proxy.
    const real = recorded('eventsWake').slice(2);
    expect(body.map(line)).toEqual(real.map(line));
    expect(differences(real, body)).toEqual([]);
    body.forEach((event: unknown, index: number) => expect(differences(real[index], event)).toEqual([]));
  });

  test.each([
    [127, false],
    [137, true],
  ])('an exit with %s: the guest has no code of its own', async (code, oomKilled) => {
    const path = await startedMachine(fly, { restart: { policy: 'no' } });
    fly.admin.exitMachine('demo', fly.inspect().machines[0]?.id ?? '', { code, oomKilled });
    const [event] = (await fly.get(`${path}/events?limit=1`)).body;
    expect(event.request.exit_event).toMatchObject({
      exit_code: code,
      guest_exit_code: 0,
      oom_killed: oomKilled,
      requested_stop: false,
    });
  });

  test('an update of a machine that does not run: left stopped, and the log says why', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    const update = await fly.post(path, { config: { ...CONFIG, image: 'nginx:1.28' } });
    expect(update.body.state).toBe('replacing');
    expect((await fly.get(`${path}/wait?state=settled`)).body.state).toBe('stopped');
    const real = recorded('machineLeftStopped');
    const { body } = await fly.get(path);
    expect({ state: body.state, newest: line(body.events[0]) }).toEqual({
      state: real.state,
      newest: line(real.events[0]),
    });
    const lines = (await fly.get('/api/v1/apps/demo/logs')).body.data;
    expect(lines.map((entry: { attributes: { message: string } }) => entry.attributes.message)).toContain(
      'machine was in a non-started state prior to the update so leaving the new version stopped',
    );
  });

  test('processes: init first, kernel threads without a command', async () => {
    const path = await startedMachine(fly);
    const { body } = await fly.get(`${path}/ps`);
    const real = recorded('processes');
    expect(body.slice(0, 2).map(({ pid, command }: { pid: number; command: string }) => [pid, command])).toEqual(
      real.map(({ pid, command }: { pid: number; command: string }) => [pid, command]),
    );
    expect(differences(real, body)).toEqual([]);
  });
});

describe('refusals in the recorded words', () => {
  const clock = createVirtualClock();
  const fly = useFly(() => ({ clock, latency: { createMs: 90_000, updateMs: 5_000, volumeMs: 4_000 } }));
  const refusal = ({ status, body }: { status: number; body: unknown }) => [status, body];

  test('a start while the image is prepared', async () => {
    const path = await newMachine(fly);
    expect(refusal(await fly.post(`${path}/start`))).toEqual(recordedError('POST start, image not ready'));
    await clock.advance(90_000);
    expect((await fly.post(`${path}/start`)).body).toMatchObject({ previous_state: 'started' });
  });

  test('a start during an update', async () => {
    const path = await newMachine(fly);
    await clock.advance(90_000);
    await fly.post(path, { config: CONFIG });
    expect(refusal(await fly.post(`${path}/start`))).toEqual(recordedError('POST start during update'));
  });

  test('a volume that has its machine', async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const volume = (await fly.post('/v1/apps/demo/volumes', { name: 'data', region: 'ams' })).body.id;
    const config = { ...CONFIG, mounts: [{ volume, path: '/data' }] };
    const first = (await fly.post('/v1/apps/demo/machines', { config })).body.id;
    const [status, { error }] = recordedError('POST machines, volume taken');
    expect(refusal(await fly.post('/v1/apps/demo/machines', { config }))).toEqual([
      status,
      { error: error.replace(/\w+$/, first) },
    ]);
    const [deleteStatus, deletion] = recordedError('DELETE volume in use');
    expect(refusal(await fly.delete(`/v1/apps/demo/volumes/${volume}`))).toEqual([
      deleteStatus,
      { error: deletion.error.replace(/\w+$/, first) },
    ]);
  });

  test('a snapshot: a backup job, running without time and size, and one at a time', async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const volume = (await fly.post('/v1/apps/demo/volumes', { name: 'data', region: 'ams' })).body.id;
    const snapshots = `/v1/apps/demo/volumes/${volume}/snapshots`;
    const { body } = await fly.post(snapshots);
    expect(differences(recorded('snapshotCreated'), body)).toEqual([]);
    const [running] = (await fly.get(snapshots)).body;
    const [real] = recorded('snapshotsRunning');
    expect(running).toMatchObject({ ...real, id: body.Msg.backup.graph_id });
    const [status, { error }] = recordedError('POST snapshots while one runs');
    const again = await fly.post(snapshots);
    expect(again.status).toBe(status);
    expect(again.body.error).toMatch(new RegExp(`^${error.replace(/ at .*/, '')} at ${WHOLE_SECONDS.source.slice(1)}`));
    await clock.advance(4_000);
    expect((await fly.get(snapshots)).body[0]).toMatchObject({ status: 'created' });
    expect((await fly.post(snapshots)).status).toBe(200);
  });

  test('a wait that comes to its end, and one that asks for too long', async () => {
    const path = await newMachine(fly);
    await clock.advance(90_000);
    await fly.post(`${path}/stop`);
    await clock.advance(0);
    const wait = fly.get(`${path}/wait?state=started&timeout=1`);
    await new Promise<void>((resolve) => {
      const off = fly.requests.onRequest(({ path: asked }, phase) => {
        if (phase !== 'received' || !asked.endsWith('/wait')) return;
        off();
        setImmediate(resolve);
      });
    });
    await clock.advance(1_000);
    expect(refusal(await wait)).toEqual(recordedError('GET wait at the end'));
    expect(refusal(await fly.get(`${path}/wait?timeout=120`))).toEqual(recordedError('GET wait timeout=120'));
  });

  test('another app with a deploy token', async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    await fly.post('/v1/apps', { name: 'other', org_slug: 'personal' });
    const { token } = (await fly.post('/v1/apps/demo/deploy_token', { expiry: '1h' })).body;
    const deploy = fly.as(token);
    const expected = recordedError('deploy token elsewhere, app list, app create');
    expect(refusal(await deploy.get('/v1/apps/other'))).toEqual(expected);
    expect(refusal(await deploy.get('/v1/apps?org_slug=personal'))).toEqual(expected);
    expect(refusal(await deploy.post('/v1/apps', { name: 'x', org_slug: 'personal' }))).toEqual(expected);
    expect(refusal(await deploy.get('/v1/apps/other/machines'))).toEqual(expected);
    expect(refusal(await fly.get('/v1/apps/nowhere'))).toEqual([404, { error: 'Could not find App "nowhere"' }]);
  });

  test.each([
    ['memory too big', { cpu_kind: 'shared', cpus: 1, memory_mb: 4096 }],
    ['memory too small', { cpu_kind: 'shared', cpus: 4, memory_mb: 256 }],
  ])('%s', async (what, guest) => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    expect(refusal(await fly.post('/v1/apps/demo/machines', { config: { ...CONFIG, guest } }))).toEqual(
      recordedError(what),
    );
  });

  test('a guest without a CPU kind', async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const config = { ...CONFIG, guest: { cpus: 1, memory_mb: 256 } };
    expect((await fly.post('/v1/apps/demo/machines', { config })).status).toBe(400);
  });

  test('a stop whose body is an array; a deploy token without a body', async () => {
    const path = await newMachine(fly);
    expect(refusal(await fly.post(`${path}/stop`, []))).toEqual(recordedError('stop with a JSON array'));
    expect(refusal(await fly.post('/v1/apps/demo/deploy_token'))).toEqual(recordedError('deploy_token without body'));
  });
});

describe('the rest of what was learnt', () => {
  const fly = useFly(() => ({ orgs: ['acme'] }));

  test('restart is for machines that run', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    expect((await fly.post(`${path}/restart`)).status).toBe(412);
    expect((await fly.get(path)).body.state).toBe('stopped');
  });

  test('a create with skip_launch is stopped once it is prepared', async () => {
    const path = await newMachine(fly, {}, { skip_launch: true });
    expect((await fly.get(`${path}/wait?state=stopped&timeout=10`)).body.state).toBe('stopped');
    expect((await fly.post(`${path}/start`)).status).toBe(200);
  });

  test.each([
    ['created', async () => newMachine(fly, {}, { skip_launch: true })],
    ['stopped', async () => resting('stop')],
    ['suspended', async () => resting('suspend')],
  ])('an update leaves a machine that is %s stopped, with and without skip_launch', async (_state, make) => {
    const path = await make();
    for (const extra of [{}, { skip_launch: true }]) {
      await fly.post(path, { config: CONFIG, ...extra });
      expect((await fly.get(`${path}/wait?state=settled`)).body.state).toBe('stopped');
    }
  });

  const resting = async (how: 'stop' | 'suspend'): Promise<string> => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/${how}`);
    await fly.get(`${path}/wait?state=settled`);
    return path;
  };

  test('an update of a running machine starts it again', async () => {
    const path = await startedMachine(fly);
    await fly.post(path, { config: CONFIG });
    expect((await fly.get(`${path}/wait?state=settled`)).body.state).toBe('started');
  });

  test('a start while it is suspending is allowed, as Fly has announced', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/suspend`);
    expect((await fly.post(`${path}/start`)).status).toBe(200);
    expect((await fly.get(`${path}/wait?state=started`)).body.state).toBe('started');
    expect((await fly.post(`${path}/exec`, { command: ['true'] })).body.exit_code).toBe(0);
  });

  test('exec has no standard input', async () => {
    const path = await startedMachine(fly);
    expect((await fly.post(`${path}/exec`, { command: ['cat'], stdin: 'lost' })).body.stdout).toBe('');
  });

  test.each([
    ['acme/app:1', 'acme/app'],
    ['docker.io/acme/app:1', 'acme/app'],
    ['nginx', 'library/nginx'],
    ['registry-1.docker.io/library/nginx:1', 'library/nginx'],
  ])('%s comes through the mirror', async (image, repository) => {
    const path = await newMachine(fly, { image });
    expect((await fly.get(path)).body.image_ref).toMatchObject({ registry: 'docker-hub-mirror.fly.io', repository });
  });

  test('the grace period of a service check is one minute at most; the others keep theirs', async () => {
    const check = { type: 'tcp', port: 2222, grace_period: '120s' };
    const path = await newMachine(fly, {
      services: [{ internal_port: 2222, checks: [check] }],
      checks: { own: check },
    });
    const { config } = (await fly.get(path)).body;
    expect(config.services[0].checks[0].grace_period).toBe('1m0s');
    expect(config.checks.own.grace_period).toBe('120s');
  });

  test('creating an app with wait answers the app; deleting one needs no force', async () => {
    const { status, body } = await fly.post('/v1/apps?wait=true', { name: 'demo', org_slug: 'personal' });
    expect([status, body.name]).toEqual([201, 'demo']);
    await startedMachine(fly);
    expect((await fly.delete('/v1/apps/demo')).status).toBe(202);
    expect(fly.inspect().machines).toEqual([]);
  });

  test('apps of one network share a /48, others do not', async () => {
    const prefixOf = async (name: string, org: string, network?: string): Promise<string> => {
      await fly.post('/v1/apps', { name, org_slug: org, network });
      const { private_ip: ip } = (await fly.post(`/v1/apps/${name}/machines`, { config: CONFIG })).body;
      expect(ip).toMatch(/^fdaa(:(0|[1-9a-f][0-9a-f]{0,3})){7}$/);
      return ip.split(':').slice(0, 3).join(':');
    };
    const first = await prefixOf('one', 'personal');
    expect(await prefixOf('two', 'personal')).toBe(first);
    expect(await prefixOf('three', 'personal', 'own')).not.toBe(first);
    expect(await prefixOf('four', 'acme')).not.toBe(first);
    const { ip } = (await fly.post('/v1/apps/two/ip_assignments', { type: 'private_v6', region: '' })).body;
    expect(ip.startsWith(`${first}:`)).toBe(true);
    expect((await fly.get('/v1/apps/two/ip_assignments')).body.ips).toMatchObject([{ region: 'global' }]);
  });

  test('a fork takes region and size from its source when they are empty', async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const source = (await fly.post('/v1/apps/demo/volumes', { name: 'data', region: 'ams', size_gb: 7 })).body.id;
    const fork = { name: 'data', source_volume_id: source, region: '', size_gb: 0 };
    expect((await fly.post('/v1/apps/demo/volumes', fork)).body).toMatchObject({ region: 'ams', size_gb: 7 });
  });

  test('ps shows the listener of each service', async () => {
    const path = await startedMachine(fly, { services: [{ internal_port: 2222 }, { internal_port: 8080 }] });
    const addresses = (await fly.get(`${path}/ps`)).body.flatMap((row: { listen_sockets: { address: string }[] }) =>
      row.listen_sockets.map(({ address }) => address),
    );
    expect(addresses).toEqual(expect.arrayContaining(['0.0.0.0:2222', '0.0.0.0:8080']));
  });
});

function line({ type, status, source }: { type: string; status: string; source: string }): string {
  return `${type}/${status}/${source}`;
}
