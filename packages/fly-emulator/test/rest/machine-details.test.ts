import { startedMachine, useFly } from '../support/fly.js';

describe('machine details', () => {
  const fly = useFly();

  test('metadata: merge, remove, single keys; no new version', async () => {
    const path = await startedMachine(fly, { metadata: { a: '1', b: '2' } });
    const { instance_id: version } = (await fly.get(path)).body;
    expect((await fly.patch(`${path}/metadata`, { metadata: { a: null, c: '3' } })).status).toBe(204);
    expect((await fly.put(`${path}/metadata`, { metadata: { d: '4' } })).status).toBe(204);
    expect((await fly.get(`${path}/metadata`)).body).toEqual({ b: '2', c: '3', d: '4' });
    expect((await fly.post(`${path}/metadata/e`, { value: '5' })).status).toBe(204);
    expect((await fly.get(`${path}/metadata/e`)).body).toEqual({ value: '5' });
    expect((await fly.delete(`${path}/metadata/e`)).status).toBe(204);
    expect((await fly.get(`${path}/metadata/e`)).status).toBe(404);
    expect((await fly.get(path)).body).toMatchObject({
      instance_id: version,
      config: { metadata: { b: '2', c: '3', d: '4' } },
    });
  });

  test('stale preconditions are refused', async () => {
    const path = await startedMachine(fly);
    const { instance_id: version, updated_at } = (await fly.get(path)).body;
    const patch = (body: object) => fly.patch(`${path}/metadata`, { metadata: { a: '1' }, ...body });
    expect((await patch({ machine_version: '01AAAAAAAAAAAAAAAAAAAAAAAA' })).status).toBe(412);
    expect((await patch({ updated_at: '2001-01-01T00:00:00Z' })).status).toBe(412);
    expect((await patch({ machine_version: version, updated_at })).status).toBe(204);
    expect((await fly.patch(`${path}/metadata`, { metadata: { a: 1 } })).status).toBe(400);
    expect((await fly.patch(`${path}/metadata`, {})).status).toBe(400);
  });

  test('events: 20 by default, 50 at most, newest first', async () => {
    const path = await startedMachine(fly);
    for (let turn = 0; turn < 30; turn++) await fly.post(`${path}/${turn % 2 ? 'un' : ''}cordon`);
    expect((await fly.get(`${path}/events`)).body).toHaveLength(20);
    expect((await fly.get(`${path}/events?limit=50`)).body).toHaveLength(33);
    expect((await fly.get(`${path}/events?limit=1`)).body[0].type).toBe('uncordon');
    expect((await fly.get(`${path}/events?limit=51`)).status).toBe(400);
    expect((await fly.get(path)).body.events).toHaveLength(20);
  });

  test('memory', async () => {
    const path = await startedMachine(fly);
    expect((await fly.get(`${path}/memory`)).body).toEqual({ limit_mb: 256, available_mb: 192 });
    expect((await fly.put(`${path}/memory`, { limit_mb: 128 })).body.limit_mb).toBe(128);
    expect((await fly.put(`${path}/memory`, { limit_mb: 512 })).status).toBe(400);
    expect((await fly.post(`${path}/memory/reclaim`, { amount_mb: 10 })).body).toEqual({ actual_mb: 10 });
  });
});
