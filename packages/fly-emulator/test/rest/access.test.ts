import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { splitTokens } from '../../src/tokens.js';
import { useFly } from '../support/fly.js';

describe('tokens in a header', () => {
  test.each([
    ['Bearer fm2_a', ['fm2_a']],
    ['FlyV1 fm2_a,fm2_b', ['fm2_a', 'fm2_b']],
    ['bearer FlyV1 fm2_a , fo1_b', ['fm2_a', 'fo1_b']],
    ['fo1_bare', ['fo1_bare']],
    ['', []],
  ])('%p', (header, tokens) => expect(splitTokens(header)).toEqual(tokens));
});

describe('who may do what', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ orgs: ['acme'], clock: (clock = createVirtualClock()) }));

  beforeEach(async () => {
    await fly.post('/v1/apps', { name: 'mine', org_slug: 'acme' });
    await fly.post('/v1/apps', { name: 'sibling', org_slug: 'acme' });
  });

  test('no token, and a wrong one: 401 in the words of each part of the API', async () => {
    for (const stranger of [fly.as(null), fly.as('fo1_wrong')]) {
      const machines = await stranger.get('/v1/apps/mine/machines');
      expect([machines.status, machines.body]).toEqual([401, { error: 'Authenticate: token validation error' }]);
      const app = await stranger.get('/v1/apps/mine');
      expect([app.status, app.body]).toEqual([401, { message: 'Unauthorized' }]);
    }
    expect((await fly.as(null).get('/v1/platform/regions')).status).toBe(200);
  });

  test('Bearer and FlyV1 are the same', async () => {
    const authorization = `FlyV1 ${fly.token}`;
    expect((await fly.call('GET', '/v1/apps/mine', undefined, { authorization })).status).toBe(200);
  });

  test('a deploy token reaches its app and nothing else', async () => {
    const made = await fly.post('/v1/apps/mine/deploy_token', { expiry: '1h' });
    expect(made.status).toBe(200);
    expect(Object.keys(made.body)).toEqual(['token']);
    expect(made.body.token).toMatch(/^FlyV1 fm2_[\w-]+,fm2_[\w-]+$/);
    const deploy = fly.as(made.body.token);
    expect((await deploy.get('/v1/apps/mine')).status).toBe(200);
    expect((await deploy.post('/v1/apps/mine/volumes', { name: 'data', region: 'iad' })).status).toBe(200);
    expect((await deploy.get('/v1/apps/sibling')).status).toBe(403);
    expect((await deploy.get('/v1/apps?org_slug=acme')).status).toBe(403);
    expect((await deploy.post('/v1/apps', { name: 'third', org_slug: 'acme' })).status).toBe(403);
    expect((await deploy.get('/v1/apps/nowhere')).status).toBe(404);
    expect((await deploy.get('/v1/tokens/current')).body.tokens).toMatchObject([{ org_slug: 'acme', apps: ['mine'] }]);
    await clock.advance(3_600_001);
    expect((await deploy.get('/v1/apps/mine')).status).toBe(401);
  });

  test('deploy_token without a body answers EOF', async () => {
    const { status, body } = await fly.post('/v1/apps/mine/deploy_token');
    expect([status, body]).toEqual([400, { error: 'EOF' }]);
    expect((await fly.post('/v1/apps/mine/deploy_token', { expiry: 'tomorrow' })).status).toBe(400);
  });

  test('an org token reaches one organisation, a readonly one only looks', async () => {
    const org = fly.as(fly.tokens.create({ kind: 'org', org: 'acme' }));
    expect((await org.post('/v1/apps', { name: 'new', org_slug: 'acme' })).status).toBe(201);
    expect((await org.post('/v1/apps', { name: 'newer', org_slug: 'personal' })).status).toBe(403);
    const reader = fly.as(fly.tokens.create({ kind: 'readonly', org: 'acme' }));
    expect((await reader.get('/v1/apps/mine')).status).toBe(200);
    expect((await reader.post('/v1/apps', { name: 'no', org_slug: 'acme' })).status).toBe(403);
    expect((await reader.delete('/v1/apps/mine')).status).toBe(403);
  });

  test('a revoked token is worth nothing', async () => {
    const token = fly.tokens.create({ kind: 'org', org: 'acme' });
    expect((await fly.as(token).get('/v1/apps/mine')).status).toBe(200);
    fly.tokens.revoke(token);
    expect((await fly.as(token).get('/v1/apps/mine')).status).toBe(401);
  });

  test('answers carry the headers of Fly', async () => {
    const { headers } = await fly.get('/v1/apps/mine');
    expect(headers.get('fly-request-id')).toMatch(/^[0-9A-Z]{26}-iad$/);
    expect(headers.get('via')).toBe('1.1 fly.io');
    expect(headers.get('server')).toMatch(/^Fly\//);
    expect(headers.get('fly-trace-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('what is published and not served is refused with the reason', async () => {
    const { status, body } = await fly.post('/v1/apps/mine/certificates/acme', { hostname: 'www.example.com' });
    expect([status, body.error]).toEqual([501, expect.stringContaining('certificates need a public host name')]);
  });

  test('an unknown route is plain text', async () => {
    const { status, body, headers } = await fly.post('/v1/apps/mine/certificates', {});
    expect([status, body]).toEqual([404, '404 page not found']);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
  });
});
