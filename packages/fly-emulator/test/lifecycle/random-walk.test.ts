import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { createRandom } from '../../src/random.js';
import { CONFIG, newMachine, useFly } from '../support/fly.js';

const RESTING = ['created', 'started', 'stopped', 'suspended', 'failed', 'destroyed'];

/** Whatever clients do in whatever order, a machine comes to rest, and what the API says fits what is inside. */
describe('random walks', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({
    clock: (clock = createVirtualClock()),
    latency: {
      createMs: 30,
      startMs: 20,
      resumeMs: 5,
      stopMs: 20,
      suspendMs: 20,
      updateMs: 20,
      destroyMs: 20,
      restartMs: 10,
    },
  }));

  test.each([1, 2, 3, 4])('seed %i', async (seed) => {
    const random = createRandom(seed);
    const path = await newMachine(fly);
    await clock.advance(100);
    const actions = [
      () => fly.post(`${path}/start`),
      () => fly.post(`${path}/stop`),
      () => fly.post(`${path}/suspend`),
      () => fly.post(`${path}/restart`),
      () => fly.post(`${path}/signal`, { signal: 'SIGKILL' }),
      () => fly.post(path, { config: CONFIG }),
      () => fly.post(path, { config: CONFIG, skip_launch: true }),
      () => fly.post(`${path}/exec`, { command: ['true'] }),
    ];
    for (let step = 0; step < 120; step++) {
      const action = actions[Math.floor(random() * actions.length)];
      const { status } = (await action?.()) ?? { status: 0 };
      expect([200, 409, 412]).toContain(status);
      await clock.advance(Math.floor(random() * 40));
    }
    await clock.advance(60_000);
    const machine = (await fly.get(path)).body;
    expect(RESTING).toContain(machine.state);
    const exec = await fly.post(`${path}/exec`, { command: ['true'] });
    expect(exec.status).toBe(machine.state === 'started' ? 200 : 412);
    expect((await fly.delete(`${path}?force=true`)).status).toBe(200);
    await clock.advance(60_000);
    expect((await fly.get(path)).body.state).toBe('destroyed');
    // Ids of events sort by time, without exception.
    const ids = (await fly.get(`${path}/events?limit=50`)).body.map((event: { id: string }) => event.id);
    expect(ids).toEqual([...ids].sort().reverse());
  });
});
