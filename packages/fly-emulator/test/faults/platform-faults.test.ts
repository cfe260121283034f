import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { CONFIG, newMachine, startedMachine, useFly } from '../support/fly.js';

describe('faults inside the platform', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()) }));
  const events = async (path: string): Promise<string[]> =>
    (await fly.get(`${path}/events`)).body.map(
      (event: { type: string; status: string }) => `${event.type}/${event.status}`,
    );

  test('lease-held: somebody takes the lease just before our write', async () => {
    const path = await startedMachine(fly);
    fly.faults.inject({ name: 'lease-held', params: { owner: 'other@tokens.fly.io', ttlSeconds: 30 } });
    const refused = await fly.post(`${path}/stop`);
    expect(refused.status).toBe(409);
    expect(refused.body.error).toContain('lease currently held by other@tokens.fly.io');
    expect((await fly.get(`${path}/lease`)).body.data.owner).toBe('other@tokens.fly.io');
    await clock.advance(30_001);
    expect((await fly.post(`${path}/stop`)).status).toBe(200);
  });

  test('stuck-replacing: only a forced delete helps', async () => {
    const path = await startedMachine(fly);
    fly.faults.inject({ name: 'stuck-replacing' });
    expect((await fly.post(path, { config: CONFIG })).status).toBe(200);
    await clock.advance(3_600_000);
    expect((await fly.get(path)).body.state).toBe('replacing');
    expect((await fly.post(path, { config: CONFIG })).status).toBe(409);
    expect((await fly.post(`${path}/start`)).status).toBe(412);
    expect((await fly.post(`${path}/stop`)).status).toBe(412);
    expect((await fly.delete(path)).status).toBe(412);
    expect((await fly.delete(`${path}?force=true`)).status).toBe(200);
    expect((await fly.get(`${path}/wait?state=destroyed`)).status).toBe(200);
  });

  test('slow-start and slow-stop take time', async () => {
    fly.faults.inject({ name: 'slow-start', params: { ms: 20_000 } });
    fly.faults.inject({ name: 'slow-stop', params: { ms: 10_000 } });
    const path = await newMachine(fly);
    await clock.advance(19_999);
    expect((await fly.get(path)).body.state).toBe('created');
    await clock.advance(2);
    expect((await fly.get(path)).body.state).toBe('started');
    await fly.post(`${path}/stop`);
    await clock.advance(9_999);
    expect((await fly.get(path)).body.state).toBe('stopping');
    await clock.advance(2);
    expect((await fly.get(path)).body.state).toBe('stopped');
  });

  test('crash-on-boot: exit code, log lines and restarts as real ones', async () => {
    fly.faults.inject({ name: 'crash-on-boot', params: { exitCode: 42, log: ['cannot read /etc/app.conf'] } });
    const path = await newMachine(fly, { restart: { policy: 'on-failure', max_retries: 1 } });
    await fly.get(`${path}/wait?state=stopped`);
    expect(await events(path)).toEqual([
      'exit/stopped',
      'start/started',
      'exit/stopped',
      'start/started',
      'launch/created',
      'launch/pending',
    ]);
    expect((await fly.get(`${path}/events?limit=1`)).body[0].request.exit_event).toMatchObject({
      exit_code: 42,
      restarting: false,
    });
    const lines = (await fly.get('/api/v1/apps/demo/logs')).body.data;
    const messages = lines.map((line: { attributes: { message: string } }) => line.attributes.message);
    expect(messages).toContain('cannot read /etc/app.conf');
    expect(messages).toContain('machine has reached its max restart count of 1');
    fly.faults.clear();
    await fly.post(`${path}/start`);
    expect((await fly.get(`${path}/wait`)).status).toBe(200);
    expect((await fly.get(path)).body.state).toBe('started');
  });

  test('crash-on-boot later, out of memory', async () => {
    fly.faults.inject({ name: 'crash-on-boot', params: { oom: true, afterMs: 5000 }, times: 1 });
    const path = await newMachine(fly, { restart: { policy: 'no' } });
    await clock.advance(4000);
    expect((await fly.get(path)).body.state).toBe('started');
    await clock.advance(1001);
    expect((await fly.get(`${path}/events?limit=1`)).body[0].request.exit_event).toMatchObject({
      exit_code: 137,
      oom_killed: true,
    });
  });

  test('boot-fails: the machine ends up failed', async () => {
    fly.faults.inject({ name: 'boot-fails', params: { message: 'MANIFEST_UNKNOWN: manifest unknown' } });
    const path = await newMachine(fly);
    expect((await fly.get(`${path}/wait?state=failed`)).body.state).toBe('failed');
    expect((await fly.delete(path)).status).toBe(200);
  });

  test('still-active: a start is refused although the machine reads stopped', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    fly.faults.inject({ name: 'still-active' });
    const refused = await fly.post(`${path}/start`);
    expect([refused.status, refused.body]).toEqual([
      412,
      { error: 'failed_precondition: machine still active, refusing to start' },
    ]);
    expect((await fly.post(`${path}/start`)).status).toBe(200);
  });

  test('update-reverted: accepted, then undone', async () => {
    const path = await startedMachine(fly, { env: { A: '1' } });
    const before = (await fly.get(path)).body;
    fly.faults.inject({ name: 'update-reverted' });
    const accepted = await fly.post(path, { config: { ...CONFIG, env: { A: '2' } } });
    expect(accepted.status).toBe(200);
    expect(accepted.body.instance_id).not.toBe(before.instance_id);
    await clock.advance(131);
    expect((await fly.get(path)).body).toMatchObject({
      state: 'stopped',
      instance_id: before.instance_id,
      config: { env: { A: '1' } },
    });
    expect((await events(path)).slice(0, 2)).toEqual(['revert/stopped', 'update/replacing']);
    expect((await fly.get(`${path}/versions`)).body).toHaveLength(1);
  });

  test('host-unreachable: no config, no writes, until it is back', async () => {
    const path = await startedMachine(fly, {}, { name: 'lonely' });
    const id = fly.faults.inject({ name: 'host-unreachable', match: { machine: 'lonely' } });
    const machine = (await fly.get(path)).body;
    expect(machine).toMatchObject({ host_status: 'unreachable', incomplete_config: { image: CONFIG.image } });
    expect(machine).not.toHaveProperty('config');
    expect((await fly.post(`${path}/stop`)).status).toBe(503);
    expect((await fly.get(`${path}/ps`)).status).toBe(412);
    fly.faults.clear(id);
    expect((await fly.get(path)).body).toMatchObject({ host_status: 'ok', config: { image: CONFIG.image } });
  });

  test('host-unreachable: what is destroyed meanwhile is gone once the host is back; its volume cannot be changed', async () => {
    await newMachine(fly);
    const volume = await fly.admin.seedVolume({ app: 'demo', name: 'data' });
    const path = await startedMachine(fly, { mounts: [{ volume, path: '/data' }] }, { name: 'lonely' });
    const id = fly.faults.inject({ name: 'host-unreachable', match: { machine: 'lonely' } });
    expect((await fly.get(`/v1/apps/demo/volumes/${volume}`)).body).toMatchObject({ host_status: 'unreachable' });
    expect((await fly.put(`/v1/apps/demo/volumes/${volume}/extend`, { size_gb: 10 })).status).toBe(503);
    expect((await fly.get(`/v1/apps/demo/volumes/${volume}/snapshots`)).status).toBe(200);
    expect((await fly.delete(`${path}?force=true`)).status).toBe(200);
    await clock.advance(60_000);
    expect((await fly.get(path)).body).toMatchObject({ state: 'destroying' });
    fly.faults.clear(id);
    await fly.get(path);
    await clock.advance(1);
    expect((await fly.get(path)).body).toMatchObject({ state: 'destroyed' });
    expect((await fly.get(`/v1/apps/demo/volumes/${volume}`)).body).toMatchObject({ attached_machine_id: null });
  });

  test('stale-list: what is young is missing from lists, but can be read', async () => {
    fly.faults.inject({ name: 'stale-list', params: { ms: 2000 } });
    const path = await newMachine(fly);
    const volume = await fly.admin.seedVolume({ app: 'demo', name: 'data' });
    expect((await fly.get('/v1/apps/demo/machines')).body).toEqual([]);
    expect((await fly.get('/v1/apps/demo/volumes')).body).toEqual([]);
    expect((await fly.get(path)).status).toBe(200);
    expect((await fly.get(`/v1/apps/demo/volumes/${volume}`)).status).toBe(200);
    await clock.advance(2001);
    expect((await fly.get('/v1/apps/demo/machines')).body).toHaveLength(1);
    fly.faults.inject({ name: 'stale-list', params: { empty: true }, match: { app: 'another' } });
    expect((await fly.get('/v1/apps/demo/machines')).body).toHaveLength(1);
  });
});
