import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { CONFIG, startedMachine, useFly } from '../support/fly.js';

describe('leases', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()) }));
  const withNonce = (nonce: string) => ({ 'fly-machine-lease-nonce': nonce });

  test('take, look, refresh, release', async () => {
    const path = `${await startedMachine(fly)}/lease`;
    expect((await fly.get(path)).status).toBe(404);
    expect((await fly.get(path)).body).toEqual({ error: 'lease not found' });
    const taken = await fly.post(path, { ttl: 120, description: 'deploy' });
    expect(taken.status).toBe(201);
    expect(taken.body).toEqual({
      status: 'success',
      data: {
        nonce: expect.any(String),
        expires_at: Math.floor(clock.now() / 1000) + 120,
        owner: expect.stringMatching(/@tokens\.fly\.io$/),
        description: 'deploy',
        version: expect.any(String),
      },
    });
    const { nonce } = taken.body.data;
    // Whoever may read the app can read the nonce, too.
    expect((await fly.get(path)).body.data.nonce).toBe(nonce);
    await clock.advance(60_000);
    const refreshed = await fly.post(`${path}?ttl=120`, undefined, withNonce(nonce));
    expect(refreshed.body.data).toMatchObject({ nonce, expires_at: Math.floor(clock.now() / 1000) + 120 });
    expect((await fly.delete(path)).status).toBe(400);
    expect((await fly.delete(path, withNonce('wrong'))).status).toBe(400);
    expect((await fly.delete(path, withNonce(nonce))).body).toEqual({ status: 'success', data: { ok: true } });
    expect((await fly.delete(path, withNonce(nonce))).status).toBe(404);
  });

  test('a second holder is told who has it and until when', async () => {
    const path = await startedMachine(fly);
    fly.admin.holdLease({
      app: 'demo',
      machine: path.split('/').at(-1) ?? '',
      owner: 'uuid@tokens.fly.io',
      ttlSeconds: 60,
    });
    const { status, body } = await fly.post(`${path}/lease`, { ttl: 10 });
    expect(status).toBe(409);
    expect(body.error).toMatch(
      /^aborted: machine ID [0-9a-f]{14} lease currently held by uuid@tokens\.fly\.io, expires at 2026-11-01T10:01:00Z$/,
    );
  });

  test('writes without the nonce are refused, reads and metadata pass', async () => {
    const path = await startedMachine(fly);
    const { nonce } = (await fly.post(`${path}/lease`, { ttl: 60 })).body.data;
    for (const action of ['start', 'stop', 'suspend', 'restart', 'cordon', 'uncordon']) {
      expect((await fly.post(`${path}/${action}`)).status).toBe(409);
    }
    expect((await fly.post(path, { config: CONFIG })).status).toBe(409);
    expect((await fly.delete(`${path}?force=true`)).status).toBe(409);
    for (const read of ['', '/wait', '/events', '/metadata', '/versions', '/ps']) {
      expect((await fly.get(path + read)).status).toBe(200);
    }
    expect((await fly.patch(`${path}/metadata`, { metadata: { a: '1' } })).status).toBe(204);
    expect((await fly.post(`${path}/exec`, { command: ['true'] })).status).toBe(200);
    expect((await fly.post(`${path}/stop`, {}, withNonce(nonce))).status).toBe(200);
  });

  test('an expired lease is gone by itself', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/lease`, { ttl: 60 });
    await clock.advance(60_001);
    expect((await fly.get(`${path}/lease`)).status).toBe(404);
    expect((await fly.post(`${path}/stop`)).status).toBe(200);
  });

  test.each([0, -1, 'long'])('ttl %p is refused', async (ttl) => {
    const path = await startedMachine(fly);
    expect((await fly.post(`${path}/lease`, { ttl })).status).toBe(400);
  });
});
