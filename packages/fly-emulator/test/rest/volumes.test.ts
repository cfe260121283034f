import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { CONFIG, useFly } from '../support/fly.js';

describe('volumes', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()) }));
  const path = '/v1/apps/demo/volumes';
  const create = async (extra: object = {}) =>
    (await fly.post(path, { name: 'home_data', region: 'sjc', ...extra })).body;

  beforeEach(() => fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' }));

  test('defaults of the API', async () => {
    expect(await create()).toMatchObject({
      id: expect.stringMatching(/^vol_/),
      name: 'home_data',
      state: 'created',
      size_gb: 3,
      region: 'sjc',
      encrypted: true,
      fstype: 'ext4',
      snapshot_retention: 5,
      auto_backup_enabled: true,
      attached_machine_id: null,
      host_status: 'ok',
      block_size: 0,
    });
  });

  test('names are not unique', async () => {
    const [one, two] = [await create(), await create()];
    expect(one.id).not.toBe(two.id);
    expect((await fly.get(path)).body.map((volume: { name: string }) => volume.name)).toEqual([
      'home_data',
      'home_data',
    ]);
  });

  test('a unique zone is apart from those of the same name, or of the whole app', async () => {
    const first = await create();
    const sameName = await create();
    const otherName = await create({ name: 'other' });
    const appWide = await create({ name: 'other_2', unique_zone_app_wide: true });
    const notAsked = await create({ require_unique_zone: false });
    expect(otherName.zone).toBe(first.zone);
    expect(notAsked.zone).toBe(first.zone);
    expect(new Set([first.zone, sameName.zone, appWide.zone]).size).toBe(3);
  });

  test.each([
    [{ name: 'with-dash' }],
    [{ name: '' }],
    [{ size_gb: 501 }],
    [{ size_gb: 0 }],
    [{ size_gb: '30' }],
    [{ region: 'bom' }],
    [{ region: undefined }],
    [{ snapshot_retention: 61 }],
    [{ source_volume_id: 'vol_none' }],
  ])('%p is refused', async (extra) => {
    expect((await fly.post(path, { name: 'data', region: 'sjc', ...extra })).status).toBe(400);
    expect(fly.inspect().volumes).toEqual([]);
  });

  test('grows by itself beyond the threshold of its mount, while its machine runs, and no further than the limit', async () => {
    const { id } = await create({ size_gb: 30 });
    const mount = { volume: id, path: '/data', extend_threshold_percent: 80, add_size_gb: 5, size_gb_limit: 43 };
    const machine = (await fly.post('/v1/apps/demo/machines', { config: { ...CONFIG, mounts: [mount] } })).body;
    const size = async (): Promise<number> => (await fly.get(`${path}/${id}`)).body.size_gb;
    await clock.advance(3_600_000);
    expect(await size()).toBe(30);
    fly.faults.inject({ name: 'volume-used', params: { gb: 25 } });
    expect((await fly.get(`${path}/${id}`)).body.bytes_used).toBeGreaterThan(25 * 2 ** 30);
    await clock.advance(61_000);
    expect(await size()).toBe(35);
    await clock.advance(3_600_000);
    expect(await size()).toBe(35);
    fly.faults.clear();
    fly.faults.inject({ name: 'volume-used' });
    await fly.post(`/v1/apps/demo/machines/${machine.id}/stop`);
    await clock.advance(3_600_000);
    expect(await size()).toBe(35);
    await fly.post(`/v1/apps/demo/machines/${machine.id}/start`);
    await clock.advance(600_000);
    expect(await size()).toBe(43);
  });

  test('a snapshot is taken every day, and kept as long as the volume says; none where that is switched off', async () => {
    const { id } = await create({ snapshot_retention: 7 });
    const other = await create({ auto_backup_enabled: false });
    const list = async (volume: string) => (await fly.get(`${path}/${volume}/snapshots`)).body;
    const day = 24 * 3_600_000;
    await clock.advance(day - 1000);
    expect(await list(id)).toEqual([]);
    await clock.advance(2000);
    expect(await list(id)).toMatchObject([{ status: 'created', retention_days: 7 }]);
    await clock.advance(4 * day);
    await fly.put(`${path}/${other.id}`, { auto_backup_enabled: true });
    await clock.advance(4 * day);
    expect(await list(id)).toHaveLength(7);
    expect((await list(other.id)).length).toBeGreaterThan(0);
  });

  test('grows and never shrinks', async () => {
    const { id } = await create({ size_gb: 10 });
    const grown = await fly.put(`${path}/${id}/extend`, { size_gb: 30 });
    expect(grown.body).toMatchObject({ volume: { size_gb: 30 }, needs_restart: false });
    expect((await fly.put(`${path}/${id}/extend`, { size_gb: 20 })).status).toBe(400);
    expect((await fly.get(`${path}/${id}`)).body.size_gb).toBe(30);
  });

  test('update of the backup settings', async () => {
    const { id } = await create();
    const { body } = await fly.put(`${path}/${id}`, { snapshot_retention: 7, auto_backup_enabled: false });
    expect(body).toMatchObject({ snapshot_retention: 7, auto_backup_enabled: false });
  });

  test('delete is soft for a day', async () => {
    const { id } = await create();
    expect((await fly.delete(`${path}/${id}`)).body).toMatchObject({ id, state: 'pending_destroy' });
    expect((await fly.get(`${path}/${id}`)).body.state).toBe('pending_destroy');
    await clock.advance(24 * 3_600_000 + 1);
    expect((await fly.get(`${path}/${id}`)).status).toBe(404);
    expect((await fly.get(path)).body).toEqual([]);
  });

  test('an attached volume cannot be deleted, attached twice, or lost with its machine', async () => {
    const { id } = await create();
    const config = { ...CONFIG, mounts: [{ volume: id, path: '/data' }] };
    const machine = (await fly.post('/v1/apps/demo/machines', { config, region: 'ams' })).body;
    // A machine lives where its volume is.
    expect(machine.region).toBe('sjc');
    expect(machine.config.mounts).toEqual([
      { volume: id, path: '/data', name: 'home_data', encrypted: true, size_gb: 3 },
    ]);
    expect((await fly.get(`${path}/${id}`)).body.attached_machine_id).toBe(machine.id);
    expect((await fly.delete(`${path}/${id}`)).status).toBe(412);
    expect((await fly.post('/v1/apps/demo/machines', { config })).status).toBe(412);
    await fly.delete(`/v1/apps/demo/machines/${machine.id}?force=true`);
    await fly.get(`/v1/apps/demo/machines/${machine.id}/wait?state=destroyed`);
    expect((await fly.get(`${path}/${id}`)).body.attached_machine_id).toBeNull();
  });

  test('snapshots, and volumes made from them', async () => {
    // Without the daily ones.
    const { id } = await create({ size_gb: 10, auto_backup_enabled: false });
    expect((await fly.post(`${path}/${id}/snapshots`)).status).toBe(200);
    const [snapshot] = (await fly.get(`${path}/${id}/snapshots`)).body;
    expect(snapshot).toMatchObject({
      id: expect.stringMatching(/^vs_/),
      status: 'created',
      volume_size: 10 * 1024 ** 3,
      retention_days: 5,
      digest: expect.any(String),
    });
    expect(await create({ snapshot_id: snapshot.id, region: 'ams' })).toMatchObject({ size_gb: 10, region: 'ams' });
    expect((await fly.post(path, { name: 'small', region: 'sjc', snapshot_id: snapshot.id, size_gb: 5 })).status).toBe(
      400,
    );
    await clock.advance(5 * 24 * 3_600_000 + 1);
    expect((await fly.get(`${path}/${id}/snapshots`)).body).toEqual([]);
  });

  test('a fork has its own data afterwards', async () => {
    const { id } = await create();
    const run = async (volume: string, script: string) => {
      const config = { ...CONFIG, mounts: [{ volume, path: '/alt/home/developer' }] };
      const machine = `/v1/apps/demo/machines/${(await fly.post('/v1/apps/demo/machines', { config })).body.id}`;
      await fly.get(`${machine}/wait`);
      const { stdout } = (await fly.post(`${machine}/exec`, { command: ['sh', '-c', script] })).body;
      await fly.delete(`${machine}?force=true`);
      await fly.get(`${machine}/wait?state=destroyed`);
      return stdout;
    };
    await run(id, 'echo original > note');
    const fork = await create({ source_volume_id: id });
    expect(await run(fork.id, 'cat note; echo changed > note')).toBe('original\n');
    expect(await run(id, 'cat note')).toBe('original\n');
  });

  test('summary leaves the blocks out', async () => {
    await create();
    const [volume] = (await fly.get(`${path}?summary=true`)).body;
    expect(volume).not.toHaveProperty('blocks');
    expect(volume).toHaveProperty('size_gb');
  });
});
