import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { CONFIG, newMachine, startedMachine, useFly } from '../support/fly.js';

describe('organisation lists', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ orgs: ['acme'], clock: (clock = createVirtualClock()) }));

  test('machines over all apps, paged, without secrets of the config', async () => {
    for (const name of ['one', 'two']) {
      await fly.post('/v1/apps', { name, org_slug: 'acme' });
      await clock.advance(1000);
      await fly.post(`/v1/apps/${name}/machines`, {
        config: { ...CONFIG, env: { A: '1' } },
        skip_launch: true,
        region: 'sjc',
      });
    }
    const all = (await fly.get('/v1/orgs/acme/machines')).body;
    expect(all).toMatchObject({
      next_cursor: '',
      error_regions: [],
      machines: [{ app_name: 'one' }, { app_name: 'two' }],
    });
    expect(all.machines[0].config).toEqual({ ...CONFIG, metadata: {} });
    expect(all.last_machine_id).toBe(all.machines[1].id);
    const first = (await fly.get('/v1/orgs/acme/machines?limit=1&summary=true')).body;
    expect(first.machines).toHaveLength(1);
    expect(first.machines[0]).not.toHaveProperty('config');
    const second = (await fly.get(`/v1/orgs/acme/machines?limit=1&cursor=${first.next_cursor}`)).body;
    expect(second).toMatchObject({ machines: [{ app_name: 'two' }], next_cursor: '' });
    const later = (await fly.get(`/v1/orgs/acme/machines?updated_after=${all.machines[0].updated_at}`)).body;
    expect(later.machines).toMatchObject([{ app_name: 'two' }]);
    expect((await fly.get('/v1/orgs/acme/machines?region=ams')).body.machines).toEqual([]);
    expect((await fly.get('/v1/orgs/acme/machines?state=stopped')).body.machines).toHaveLength(2);
    expect((await fly.get('/v1/orgs/acme/machines?limit=1001')).status).toBe(400);
    expect((await fly.get('/v1/orgs/nowhere/machines')).status).toBe(404);
  });

  test('volumes over all apps', async () => {
    await fly.post('/v1/apps', { name: 'one', org_slug: 'acme' });
    await fly.post('/v1/apps/one/volumes', { name: 'kept', region: 'sjc' });
    const { id } = (await fly.post('/v1/apps/one/volumes', { name: 'gone', region: 'sjc' })).body;
    await fly.delete(`/v1/apps/one/volumes/${id}`);
    expect((await fly.get('/v1/orgs/acme/volumes')).body.volumes).toMatchObject([{ app_name: 'one', name: 'kept' }]);
    expect((await fly.get('/v1/orgs/acme/volumes?include_deleted=true')).body.volumes).toHaveLength(2);
  });
});

describe('platform', () => {
  const fly = useFly();

  test('regions come with the capitals of the wire, 17 of them', async () => {
    const { body } = await fly.as(null).get('/v1/platform/regions');
    expect(Object.keys(body)).toEqual(['Regions', 'Nearest']);
    expect(body.Regions).toHaveLength(17);
    expect(body.Regions.map((region: { code: string }) => region.code)).not.toContain('bom');
    expect(body.Regions.find((region: { code: string }) => region.code === 'gru').gateway_available).toBe(false);
  });

  test('placements spread over the named regions', async () => {
    const { body } = await fly.post('/v1/platform/placements', { org_slug: 'personal', region: 'lhr,ams', count: 12 });
    expect(body.Regions).toMatchObject([
      { Region: 'lhr', Count: 10 },
      { Region: 'ams', Count: 2 },
    ]);
    expect((await fly.post('/v1/platform/placements', { region: 'lhr' })).status).toBe(400);
  });

  test('who am I', async () => {
    const { body } = await fly.get('/v1/tokens/current');
    expect(body.tokens).toEqual([
      {
        token_id: expect.any(String),
        organization: 'Personal',
        org_slug: 'personal',
        apps: [],
        user: expect.any(String),
        restricted_to_machine: '',
        source_machine_id: '',
      },
    ]);
  });
});

describe('logs', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()) }));
  const page = async (query = '') => (await fly.get(`/api/v1/apps/demo/logs?${query}`)).body;
  const messages = (body: { data: { attributes: { message: string } }[] }) =>
    body.data.map((line) => line.attributes.message);

  test('the newest hundred, then what is new since', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/exec`, { command: ['true'] });
    const first = await page();
    expect(first.data[0]).toMatchObject({
      type: 'log',
      attributes: {
        timestamp: expect.stringMatching(/^2026-11-01T10:00:00\.\d{9}Z$/),
        level: 'info',
        region: 'iad',
        meta: { event: { provider: 'runner' } },
      },
    });
    expect(messages(first)).toContain('Server listening on 0.0.0.0 port 2222.');
    const token = first.meta.next_token;
    expect(await page(`next_token=${token}`)).toEqual({ data: [], meta: { next_token: token } });
    await clock.advance(1000);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    const news = await page(`next_token=${token}`);
    expect(messages(news)).toContain('Sending signal SIGINT to main child process');
    // A token can be made up: it is a time.
    expect(messages(await page(`next_token=${clock.now() - 500}000000`))).toEqual(messages(news));
    expect(messages(await page('instance=somebody-else'))).toEqual([]);
    expect((await page('region=iad')).data.length).toBeGreaterThan(0);
  });

  test('pages of a hundred, oldest first, strictly in order', async () => {
    const path = await newMachine(fly, {
      init: { cmd: ['sh', '-c', `printf '%s\\n' ${Array.from({ length: 250 }, (_, n) => n).join(' ')}`] },
    });
    await fly.get(`${path}/wait?state=stopped`);
    expect(messages(await page())).toHaveLength(100);
    const seen: string[] = [];
    let token = '1';
    for (;;) {
      const body = await page(`next_token=${token}`);
      if (body.data.length === 0) break;
      seen.push(...messages(body));
      token = body.meta.next_token;
    }
    const numbers = seen.filter((message) => /^\d+$/.test(message)).map(Number);
    expect(numbers).toEqual(Array.from({ length: 250 }, (_, n) => n));
  });

  test('refusals', async () => {
    expect((await fly.get('/api/v1/apps/nowhere/logs')).body).toEqual({ errors: { detail: expect.any(String) } });
    expect((await fly.get('/api/v1/apps/nowhere/logs')).status).toBe(404);
    expect((await fly.as('fo1_no').get('/api/v1/apps/demo/logs')).status).toBe(401);
  });
});

describe('rate limits', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ rateLimits: true, clock: (clock = createVirtualClock()) }));

  test('one a second per action and machine after a burst of three; reading a machine five', async () => {
    fly.admin.seedApp({ name: 'demo' });
    const ids = [fly.admin.seedMachine({ app: 'demo' }), fly.admin.seedMachine({ app: 'demo' })];
    const path = (index: number) => `/v1/apps/demo/machines/${ids[index]}`;
    const cordon = async (index: number) => (await fly.post(`${path(index)}/cordon`)).status;
    expect([await cordon(0), await cordon(0), await cordon(0), await cordon(0)]).toEqual([200, 200, 200, 429]);
    expect(await cordon(1)).toBe(200);
    expect((await fly.post(`${path(0)}/uncordon`)).status).toBe(200);
    const refused = await fly.post(`${path(0)}/cordon`);
    expect(refused.body).toEqual({ error: 'rate limit exceeded' });
    expect(refused.headers.get('retry-after')).toBeNull();
    await clock.advance(1000);
    expect([await cordon(0), await cordon(0)]).toEqual([200, 429]);
    const gets = [];
    for (let turn = 0; turn < 11; turn++) gets.push((await fly.get(path(1))).status);
    expect(gets).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });
});
