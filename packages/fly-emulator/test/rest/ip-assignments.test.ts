import { useFly } from '../support/fly.js';

describe('ip assignments', () => {
  const fly = useFly();
  const path = '/v1/apps/demo/ip_assignments';
  const allocate = async (type: string) => (await fly.post(path, { type })).body;

  beforeEach(() => fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' }));

  test('an app made through the API has none', async () => {
    expect((await fly.get(path)).body).toEqual({ ips: [] });
  });

  test('each type has its own form, so that clients can tell them apart without the type', async () => {
    expect(await allocate('v4')).toMatchObject({ ip: expect.stringMatching(/^127\.\d+\.\d+\.1$/), shared: false });
    expect(await allocate('v6')).toMatchObject({
      ip: expect.stringMatching(/^::ffff:7f[0-9a-f]{2}:[0-9a-f]+$/),
      shared: false,
    });
    expect(await allocate('shared_v4')).toMatchObject({
      ip: expect.stringMatching(/^127\.\d+\.\d+\.250$/),
      shared: true,
    });
    expect(await allocate('private_v6')).toMatchObject({ ip: expect.stringMatching(/^fdaa:/), shared: false });
    const { ips } = (await fly.get(path)).body;
    expect(ips).toHaveLength(4);
    expect(ips[0]).toEqual({
      ip: expect.any(String),
      region: 'global',
      service_name: '',
      shared: false,
      created_at: expect.stringMatching(/Z$/),
    });
  });

  test('the v6 form is the IPv4 address of the same number', async () => {
    const v4: string = (await allocate('v4')).ip;
    const v6: string = (await allocate('v6')).ip;
    const [, second, third] = v4.split('.').map(Number);
    const groups = v6
      .split(':')
      .slice(-2)
      .map((group) => parseInt(group, 16));
    expect(groups).toEqual([0x7f00 + (second ?? 0), (third ?? 0) * 256 + 2]);
  });

  test('all apps share one shared address, and asking again gives it again', async () => {
    await fly.post('/v1/apps', { name: 'other', org_slug: 'personal' });
    const mine = await allocate('shared_v4');
    expect(await allocate('shared_v4')).toEqual(mine);
    expect((await fly.post('/v1/apps/other/ip_assignments', { type: 'shared_v4' })).body.ip).toBe(mine.ip);
  });

  test('release, and the address is free again', async () => {
    const { ip } = await allocate('v6');
    expect((await fly.delete(`${path}/${ip}`)).status).toBe(204);
    expect((await fly.delete(`${path}/${ip}`)).status).toBe(404);
    expect((await allocate('v6')).ip).toBe(ip);
  });

  test('an egress pair comes as one', async () => {
    const body = await allocate('egress_pair');
    expect(body).toMatchObject({ egress: true, ip_pair: { v4: expect.any(String), v6: expect.any(String) } });
  });

  test('an unknown type is refused', async () => {
    expect((await fly.post(path, { type: 'v5' })).status).toBe(400);
  });
});
