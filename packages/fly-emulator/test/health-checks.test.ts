import { createVirtualClock, type VirtualClock } from '../src/index.js';
import { newMachine, startedMachine, useFly, type Subject } from './support/fly.js';

interface Check {
  name: string;
  status: string;
  output: string;
}

const checks = async (fly: Subject, path: string): Promise<string[]> =>
  (await fly.get(path)).body.checks.map((check: Check) => `${check.name} ${check.status}`);

describe('health checks', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()) }));
  const check = (extra: object) => ({ type: 'tcp', interval: '10s', timeout: '2s', ...extra });

  test('named as Fly names them; passing where something listens', async () => {
    const path = await startedMachine(fly, {
      services: [
        { internal_port: 2222, ports: [{ port: 10022 }], checks: [check({})] },
        { internal_port: 8080, checks: [check({ type: 'http', path: '/health' })] },
      ],
      checks: { ssh: check({ port: 2222 }), closed: check({ port: 9 }) },
    });
    await clock.advance(1);
    expect(await checks(fly, path)).toEqual([
      'servicecheck-00-tcp-2222 passing',
      'servicecheck-01-http-8080 passing',
      'ssh passing',
      // Not up yet, as far as anybody knows.
      'closed warning',
    ]);
    const [first] = (await fly.get(path)).body.checks;
    expect(first).toEqual({
      name: 'servicecheck-00-tcp-2222',
      status: 'passing',
      output: 'Success',
      updated_at: expect.stringMatching(/Z$/),
    });
  });

  test('a check that has passed and fails is critical, and passes again later', async () => {
    const path = await startedMachine(fly, { checks: { ssh: check({ port: 2222 }) } });
    await clock.advance(1);
    expect(await checks(fly, path)).toEqual(['ssh passing']);
    fly.faults.inject({ name: 'host-unreachable' });
    await clock.advance(10_000);
    fly.faults.clear();
    expect(await checks(fly, path)).toEqual(['ssh critical']);
    await clock.advance(10_000);
    expect(await checks(fly, path)).toEqual(['ssh passing']);
  });

  test('a machine that is not started has nothing to check', async () => {
    const path = await newMachine(fly, { checks: { ssh: check({ port: 2222 }) } }, { skip_launch: true });
    expect(await checks(fly, path)).toEqual(['ssh warning']);
    const started = await startedMachine(fly, { checks: { ssh: check({ port: 2222 }) } });
    await clock.advance(1);
    await fly.post(`${started}/stop`);
    await fly.get(`${started}/wait?state=stopped`);
    expect(await checks(fly, started)).toEqual(['ssh warning']);
  });
});
