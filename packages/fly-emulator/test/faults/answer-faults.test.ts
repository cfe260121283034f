import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { CONFIG, useFly } from '../support/fly.js';

describe('faults at the HTTP door', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()), seed: 5 }));
  const createApp = (name: string) => fly.post('/v1/apps', { name, org_slug: 'personal' });
  const names = () => fly.inspect().apps.map((app) => app.name);

  test('a lost answer: carried out, but the client never knows', async () => {
    fly.faults.inject({ name: 'lost-answer', match: { method: 'POST' } });
    await expect(createApp('lost')).rejects.toThrow();
    expect(names()).toEqual(['lost']);
    expect(fly.requests.list().at(-1)).toMatchObject({ method: 'POST', status: 201, lost: true });
    expect((await createApp('next')).status).toBe(201);
  });

  test('a lost request: nothing happened', async () => {
    fly.faults.inject({ name: 'lost-request' });
    await expect(createApp('lost')).rejects.toThrow();
    expect(names()).toEqual([]);
    expect(fly.requests.list().at(-1)).toMatchObject({ status: null, lost: true });
  });

  test.each([
    ['request-timeout', 408],
    ['rate-limited', 429],
    ['server-error', 500],
    ['bad-gateway', 502],
    ['unavailable', 503],
    ['app-just-destroyed', 400],
  ])('%s answers %i, with or without the request being carried out', async (name, status) => {
    fly.faults.inject({ name });
    expect((await createApp('before')).status).toBe(status);
    expect(names()).toEqual([]);
    fly.faults.inject({ name, params: { commit: true } });
    const answer = await createApp('after');
    expect(answer.status).toBe(status);
    expect(answer.body.error).toEqual(expect.any(String));
    expect(names()).toEqual(['after']);
  });

  test('Retry-After on demand', async () => {
    fly.faults.inject({ name: 'rate-limited', params: { retryAfter: 7 } });
    expect((await createApp('x')).headers.get('retry-after')).toBe('7');
  });

  test('a slow answer waits for the clock', async () => {
    fly.faults.inject({ name: 'slow-answer', params: { ms: 5000 } });
    const received = new Promise<void>((resolve) => fly.requests.onRequest(() => resolve()));
    const answer = createApp('slow');
    await received;
    await clock.advance(4999);
    expect(names()).toEqual([]);
    await clock.advance(1);
    expect((await answer).status).toBe(201);
  });

  test('match by path pattern, regular expression, nth and times', async () => {
    await createApp('demo');
    fly.faults.inject({ name: 'server-error', match: { path: '/v1/apps/*/volumes', nth: 2 }, times: 2 });
    const statuses = [];
    for (let turn = 0; turn < 5; turn++) statuses.push((await fly.get('/v1/apps/demo/volumes')).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    fly.faults.inject({ name: 'server-error', match: { path: /secrets$/g }, times: 0 });
    expect((await fly.get('/v1/apps/demo/secrets')).status).toBe(500);
    expect((await fly.get('/v1/apps/demo/secrets')).status).toBe(500);
    expect(fly.faults.list()).toMatchObject([{ name: 'server-error', left: null, struck: 2 }]);
    fly.faults.clear();
    expect((await fly.get('/v1/apps/demo/secrets')).status).toBe(200);
  });

  test('probability comes from the seed', async () => {
    const id = fly.faults.inject({ name: 'server-error', times: 0, match: { probability: 0.5 } });
    const statuses = new Set<number>();
    for (let turn = 0; turn < 20; turn++) statuses.add((await fly.get('/v1/platform/regions')).status);
    expect([...statuses].sort()).toEqual([200, 500]);
    fly.faults.clear(id);
    expect(fly.faults.list()).toEqual([]);
  });

  test('an unknown name is refused and the catalogue is documented', () => {
    expect(() => fly.faults.inject({ name: 'gremlins' })).toThrow(/lost-answer/);
    const catalogue = fly.faults.catalogue();
    expect(new Set(catalogue.map((fault) => fault.name)).size).toBe(catalogue.length);
    for (const fault of catalogue) expect(fault.summary).toMatch(/\.$/);
  });
});

describe('capacity', () => {
  const fly = useFly();
  const machines = '/v1/apps/demo/machines';

  beforeEach(() => fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' }));

  test.each([
    ['capacity-region', 422, { error: 'could not find a candidate host', status: 'insufficient_capacity' }],
    [
      'capacity-host-memory',
      409,
      { error: 'aborted: insufficient resources available to fulfill request: insufficient memory available' },
    ],
    ['capacity-volume-host', 412, { status: 'volume_placement_capacity' }],
    ['capacity-quota', 403, { error: expect.stringContaining('over the allowed quota') }],
  ])('%s refuses a create with %i', async (name, status, body) => {
    fly.faults.inject({ name });
    // Reads pass untouched.
    expect((await fly.get(machines)).status).toBe(200);
    const answer = await fly.post(machines, { config: CONFIG });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(body);
    expect(fly.inspect().machines).toEqual([]);
    expect((await fly.post(machines, { config: CONFIG })).status).toBe(200);
  });

  test('capacity-volume refuses a volume', async () => {
    fly.faults.inject({ name: 'capacity-volume' });
    const answer = await fly.post('/v1/apps/demo/volumes', { name: 'data', region: 'sjc' });
    expect([answer.status, answer.body]).toEqual([400, { error: 'no capacity' }]);
  });

  test('capacity-host refuses what happens on a host that is there already', async () => {
    const { id } = (await fly.post(machines, { config: CONFIG, skip_launch: true })).body;
    fly.faults.inject({ name: 'capacity-host', params: { resource: 'CPUs' } });
    const answer = await fly.post(`${machines}/${id}/start`);
    expect([answer.status, answer.body]).toEqual([
      409,
      {
        error:
          'aborted: could not reserve resource for machine: insufficient CPUs available to fulfill request on the current host',
      },
    ]);
  });
});
