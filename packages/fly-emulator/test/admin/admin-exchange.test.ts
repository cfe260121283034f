import { request } from 'node:http';
import { proofOf } from '../../src/admin/admin-secret.js';
import { createVirtualClock } from '../../src/index.js';
import { useFly } from '../support/fly.js';

describe('admin endpoints', () => {
  const fly = useFly(() => ({ clock: createVirtualClock() }));

  test('health and env', async () => {
    expect((await fly.get('/_emulator/health')).body).toMatchObject({
      ok: true,
      url: fly.url,
      runtime: 'simulated',
      pid: process.pid,
    });
    const { FLY_API_TOKEN: token, ...addresses } = fly.env;
    expect((await fly.get('/_emulator/env')).body).toEqual(addresses);
    expect(token).toBe(fly.token);
    expect((await fly.get('/_emulator/certificate-authority')).body).toBe(fly.certificateAuthority());
    expect(fly.env).toMatchObject({ FLY_FLAPS_BASE_URL: fly.url, FLY_API_BASE_URL: fly.url, FLY_API_TOKEN: fly.token });
  });

  test('without the secret there is a bare health answer and nothing else', async () => {
    const stranger = fly.as(null);
    const health = await stranger.get('/_emulator/health');
    expect(health).toMatchObject({ status: 200, body: { ok: true } });
    expect(Object.keys(health.body)).toEqual(['ok']);
    const doors: [string, string, object?][] = [
      ['GET', '/env'],
      ['GET', '/state'],
      ['GET', '/certificate-authority'],
      ['GET', '/requests'],
      ['DELETE', '/requests'],
      ['GET', '/faults'],
      ['POST', '/faults', { name: 'server-error' }],
      ['DELETE', '/faults'],
      ['DELETE', '/faults/fault_1'],
      ['GET', '/clock'],
      ['POST', '/clock', { advanceMs: 1 }],
      ['POST', '/health'],
      ['GET', '/whatever'],
    ];
    for (const secret of [undefined, '', 'x', fly.token, `${fly.adminSecret}x`]) {
      for (const [method, door, body] of doors) {
        const headers: Record<string, string> = secret === undefined ? {} : { 'emulator-secret': secret };
        const answer = await fly.call(method, `/_emulator${door}`, body, { 'emulator-secret': '', ...headers });
        expect([method, door, answer.status]).toEqual([method, door, 401]);
        expect(JSON.stringify(answer.body)).not.toContain(fly.token);
        expect(JSON.stringify(answer.body)).not.toContain(fly.adminSecret);
      }
    }
    expect(fly.faults.list()).toEqual([]);
  });

  test('no endpoint shows a token or the secret, also to whoever has it', async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    for (const door of ['/health', '/env', '/certificate-authority', '/state', '/requests', '/faults', '/clock']) {
      const text = JSON.stringify(await fly.get(`/_emulator${door}`));
      for (const secret of [fly.token, fly.adminSecret]) expect(text).not.toContain(secret);
    }
  });

  test('health proves to anybody who asks that this emulator holds its secret', async () => {
    const headers = { 'emulator-secret': '', 'emulator-challenge': 'one' };
    const { body } = await fly.call('GET', '/_emulator/health', undefined, headers);
    expect(body).toEqual({ ok: true, proof: proofOf(fly.adminSecret, 'one') });
  });

  test('faults over HTTP', async () => {
    const made = await fly.post('/_emulator/faults', {
      name: 'server-error',
      match: { path: '/v1/platform/**' },
      times: 2,
    });
    expect(made.status).toBe(201);
    expect((await fly.get('/v1/platform/regions')).status).toBe(500);
    const { active, catalogue } = (await fly.get('/_emulator/faults')).body;
    expect(active).toMatchObject([
      { id: made.body.id, name: 'server-error', left: 1, match: { path: '/v1/platform/**' } },
    ]);
    expect(catalogue.map((fault: { name: string }) => fault.name)).toContain('stuck-replacing');
    expect((await fly.delete(`/_emulator/faults/${made.body.id}`)).status).toBe(204);
    expect((await fly.get('/v1/platform/regions')).status).toBe(200);
    expect((await fly.post('/_emulator/faults', { name: 'gremlins' })).status).toBe(400);
    expect((await fly.post('/_emulator/faults', {})).status).toBe(400);
    expect((await fly.delete('/_emulator/faults')).status).toBe(204);
  });

  test('requests and state', async () => {
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    await fly.get('/v1/apps/demo');
    await fly.get('/nowhere');
    const log = (await fly.get('/_emulator/requests')).body;
    expect(log).toMatchObject([
      { index: 0, method: 'POST', path: '/v1/apps', status: 201, writes: true, operation: 'Apps_create', lost: false },
      { index: 1, method: 'GET', path: '/v1/apps/demo', status: 200, writes: false, org: 'personal' },
      { index: 2, path: '/nowhere', status: 404, operation: null },
    ]);
    expect((await fly.get('/_emulator/state')).body.apps).toMatchObject([{ name: 'demo' }]);
    expect((await fly.delete('/_emulator/requests')).status).toBe(204);
    expect((await fly.get('/_emulator/requests')).body).toEqual([]);
  });

  test('the clock can be read, and advanced when it is virtual', async () => {
    expect((await fly.get('/_emulator/clock')).body).toEqual({ now: '2026-11-01T10:00:00.000Z', virtual: true });
    expect((await fly.post('/_emulator/clock', { advanceMs: 60_000 })).body.now).toBe('2026-11-01T10:01:00.000Z');
    expect((await fly.post('/_emulator/clock', { advanceMs: -1 })).status).toBe(400);
  });

  test('a browser page gets nothing', async () => {
    expect((await fly.call('GET', '/_emulator/env', undefined, { origin: 'https://evil.example' })).status).toBe(403);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(fly.url);
      const asking = request(
        { port, path: '/_emulator/env', headers: { host: `rebound.example:${port}` } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asking.on('error', reject);
      asking.end();
    });
    expect(status).toBe(403);
  });
});

describe('real time', () => {
  const fly = useFly();

  test('cannot be advanced', async () => {
    expect((await fly.post('/_emulator/clock', { advanceMs: 1 })).status).toBe(409);
  });
});
