import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { CONFIG, startedMachine, useFly } from '../support/fly.js';

describe('apps', () => {
  const fly = useFly(() => ({ orgs: ['acme'] }));

  test('create, show, list, delete', async () => {
    const created = await fly.post('/v1/apps', { name: 'my-app', org_slug: 'acme' });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({ id: expect.any(String), created_at: expect.any(Number) });
    const shown = await fly.get('/v1/apps/my-app');
    expect(shown.status).toBe(200);
    expect(shown.body).toMatchObject({
      name: 'my-app',
      status: 'pending',
      machine_count: 0,
      volume_count: 0,
      network: 'default',
      organization: { slug: 'acme', name: 'acme' },
    });
    expect((await fly.get('/v1/apps?org_slug=acme')).body).toMatchObject({ total_apps: 1, apps: [{ name: 'my-app' }] });
    expect((await fly.get('/v1/apps?org_slug=personal')).body).toMatchObject({ total_apps: 0, apps: [] });
    const deleted = await fly.delete('/v1/apps/my-app');
    expect([deleted.status, deleted.body]).toEqual([202, '']);
    expect((await fly.get('/v1/apps/my-app')).status).toBe(404);
    // The name is free again.
    expect((await fly.post('/v1/apps', { name: 'my-app', org_slug: 'personal' })).status).toBe(201);
  });

  test('an empty network, as flyctl always sends it, is the default one: such apps share their private network', async () => {
    const made = { app_role_id: '', org_slug: 'acme' };
    await fly.post('/v1/apps?wait=true', { ...made, name: 'by-flyctl', network: '' });
    await fly.post('/v1/apps', { ...made, name: 'by-null', network: null });
    await fly.post('/v1/apps', { ...made, name: 'by-name', network: 'default' });
    await fly.post('/v1/apps', { ...made, name: 'without' });
    await fly.post('/v1/apps', { ...made, name: 'apart', network: 'other' });
    const seen = async (name: string): Promise<{ network: string; prefix: string }> => {
      const { body: app } = await fly.get(`/v1/apps/${name}`);
      const { body: machine } = await fly.post(`/v1/apps/${name}/machines`, { config: CONFIG });
      return { network: app.network, prefix: machine.private_ip.split(':').slice(0, 3).join(':') };
    };
    const first = await seen('by-flyctl');
    expect(first.network).toBe('default');
    for (const name of ['by-null', 'by-name', 'without']) expect(await seen(name)).toEqual(first);
    const apart = await seen('apart');
    expect(apart.network).toBe('other');
    expect(apart.prefix).not.toBe(first.prefix);
  });

  test('app_role narrows the list: nothing here has a role', async () => {
    await fly.post('/v1/apps', { name: 'plain', org_slug: 'acme' });
    const list = async (query: string) => (await fly.get(`/v1/apps?org_slug=acme${query}`)).body;
    expect(await list('&app_role=postgres_cluster')).toMatchObject({ total_apps: 0, apps: [] });
    expect(await list('&app_role=')).toMatchObject({ total_apps: 1 });
  });

  test('the older member app_name is taken as well', async () => {
    expect((await fly.post('/v1/apps?wait=true', { app_name: 'older', org_slug: 'personal' })).status).toBe(201);
    expect((await fly.get('/v1/apps/older')).status).toBe(200);
  });

  test.each(['Upper', 'under_score', 'a'.repeat(63), '', 'dot.dot'])('name %p is refused', async (name) => {
    const { status, body } = await fly.post('/v1/apps', { name, org_slug: 'personal' });
    expect(status).toBe(422);
    expect(body.error).toBe('Validation failed: Name under 63 chars using numbers, lowercase letters and dashes');
  });

  test('a taken name is refused, whoever has it', async () => {
    fly.admin.seedApp({ name: 'theirs', org: 'strangers' });
    await fly.post('/v1/apps', { name: 'ours', org_slug: 'personal' });
    for (const name of ['theirs', 'ours']) {
      const { status, body } = await fly.post('/v1/apps', { name, org_slug: 'personal' });
      expect(status).toBe(422);
      expect(body).toEqual({ error: 'Validation failed: Name has already been taken', status: 'name_taken' });
    }
    expect((await fly.get('/v1/apps/theirs')).status).toBe(403);
    expect((await fly.get('/v1/apps/theirs/machines')).status).toBe(403);
  });

  test('an idempotency key gives back the first app, and refuses another name', async () => {
    const first = await fly.post('/v1/apps', { name: 'once', org_slug: 'personal', idempotency_key: 'k1' });
    const second = await fly.post('/v1/apps', { name: 'once', org_slug: 'personal', idempotency_key: 'k1' });
    expect(second.status).toBe(201);
    expect(second.body.id).toBe(first.body.id);
    expect((await fly.post('/v1/apps', { name: 'twice', org_slug: 'personal', idempotency_key: 'k1' })).status).toBe(
      422,
    );
  });

  test('org_slug is required, unknown and foreign organisations are told apart', async () => {
    expect((await fly.get('/v1/apps')).status).toBe(400);
    expect((await fly.get('/v1/apps?org_slug=nowhere')).status).toBe(404);
    fly.admin.seedApp({ name: 'theirs', org: 'strangers' });
    expect((await fly.get('/v1/apps?org_slug=strangers')).status).toBe(403);
    expect((await fly.post('/v1/apps', { name: 'x', org_slug: 'strangers' })).status).toBe(403);
  });

  test('an app goes with its running machines, force or not', async () => {
    await fly.post('/v1/apps', { name: 'busy', org_slug: 'personal' });
    await fly.post('/v1/apps/busy/volumes', { name: 'data', region: 'sjc' });
    await fly.post('/v1/apps/busy/ip_assignments', { type: 'v6' });
    await fly.post('/v1/apps/busy/machines', { config: CONFIG });
    expect((await fly.delete('/v1/apps/busy')).status).toBe(202);
    expect(fly.inspect()).toEqual({ apps: [], ips: [], secrets: [], volumes: [], machines: [] });
  });

  test('lists are paged by limit and cursor', async () => {
    for (const name of ['a', 'b', 'c']) await fly.post('/v1/apps', { name, org_slug: 'personal' });
    const first = await fly.get('/v1/apps?org_slug=personal&limit=2');
    expect(first.body.apps.map((app: { name: string }) => app.name)).toEqual(['a', 'b']);
    const rest = await fly.get(`/v1/apps?org_slug=personal&limit=2&cursor=${first.body.next_cursor}`);
    expect(rest.body.apps.map((app: { name: string }) => app.name)).toEqual(['c']);
    expect(rest.body).not.toHaveProperty('next_cursor');
    expect((await fly.get('/v1/apps?org_slug=personal&limit=5001')).status).toBe(400);
  });
});

describe('destroying an app whose machines are restarted when they end', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()), latency: { restartMs: 1000 } }));

  test('nothing of it comes back', async () => {
    await startedMachine(fly, { restart: { policy: 'always' } });
    await fly.delete('/v1/apps/demo?force=true');
    await clock.advance(60_000);
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    expect((await fly.get('/api/v1/apps/demo/logs')).body.data).toEqual([]);
    expect((await fly.get('/v1/apps/demo/machines?include_deleted=true')).body).toEqual([]);
  });
});

describe('an organization that nobody has made', () => {
  describe('by default', () => {
    const fly = useFly();
    test('is not there', async () => {
      expect((await fly.post('/v1/apps', { name: 'a', org_slug: 'my-org' })).status).toBe(404);
    });
  });

  describe('where everybody may try a config', () => {
    const fly = useFly(() => ({ settings: { unknownOrganizations: 'made' } }));
    test('is made with the first app in it, and by nothing else', async () => {
      expect((await fly.get('/v1/apps?org_slug=my-org')).body).toMatchObject({ total_apps: 0 });
      expect((await fly.post('/v1/apps', { name: 'a', org_slug: 'my-org' })).status).toBe(201);
      expect((await fly.get('/v1/apps/a')).body).toMatchObject({ organization: { slug: 'my-org' } });
      expect((await fly.get('/v1/apps?org_slug=my-org')).body).toMatchObject({ total_apps: 1 });
      expect((await fly.post('/v1/apps', { name: 'b', org_slug: 'No Org' })).status).toBe(404);
    });
  });
});
