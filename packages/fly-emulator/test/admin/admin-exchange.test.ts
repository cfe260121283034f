import { request } from 'node:http';
import { createVirtualClock } from '../../src/index.js';
import { useFly } from '../support/fly.js';

describe('admin endpoints', () => {
  const fly = useFly(() => ({ clock: createVirtualClock() }));

  test('health and env', async () => {
    expect((await fly.as(null).get('/_emulator/health')).body).toMatchObject({
      ok: true,
      url: fly.url,
      runtime: 'simulated',
      pid: process.pid,
    });
    expect((await fly.as(null).get('/_emulator/env')).body).toEqual(fly.env);
    expect(fly.env).toMatchObject({ FLY_FLAPS_BASE_URL: fly.url, FLY_API_BASE_URL: fly.url, FLY_API_TOKEN: fly.token });
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
