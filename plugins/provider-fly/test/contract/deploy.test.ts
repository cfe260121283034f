import { endpoints } from '../../src/index';
import { createWorkplace, nothing, oneEnvironment, type Workplace } from '../support/workplace';

describe('deploy, look, deploy again, destroy', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
  });

  afterEach(() => workplace.remove());

  const requests = (): string[] =>
    workplace.emulator.requests
      .list()
      .filter(({ path }) => !path.endsWith('/wait'))
      .map(({ method, path }) => `${method} ${path}`);

  it('takes at most twelve requests, waits excluded, and ends with a usable machine', async () => {
    const report = await workplace.deploy();
    expect(report.status).toBe('succeeded');
    expect(requests().length).toBeLessThanOrEqual(12);
    expect(workplace.alive()).toEqual(oneEnvironment);
    const { machines, volumes, ips, secrets } = workplace.emulator.inspect();
    expect(machines[0]).toMatchObject({ name: 'my-sindri-fly-1', state: 'started', region: 'sjc', leased: false });
    expect(volumes[0]).toMatchObject({
      name: 'home_data',
      sizeGb: 30,
      region: 'sjc',
      attachedMachine: machines[0]?.id,
    });
    expect(ips.map(({ type }) => type).sort()).toEqual(['shared_v4', 'v6']);
    expect(secrets.map(({ name }) => name)).toEqual(['AUTHORIZED_KEYS', 'SINDRI_ENVIRONMENT']);
  });

  it('leaves nothing to plan, writes nothing the second time, and reads at most five times', async () => {
    await workplace.deploy();
    workplace.emulator.requests.clear();
    const again = await workplace.deploy();
    expect(again.outcomes).toEqual([]);
    expect(requests().every((request) => request.startsWith('GET '))).toBe(true);
    expect(requests().length).toBeLessThanOrEqual(5);
  });

  it('plans with GETs only, whatever is there', async () => {
    await workplace.plan();
    await workplace.deploy();
    workplace.emulator.requests.clear();
    await workplace.plan();
    expect(requests().every((request) => request.startsWith('GET '))).toBe(true);
    expect(workplace.emulator.requests.list().some(({ writes }) => writes)).toBe(false);
  });

  it('tells the status in at most three requests', async () => {
    const environment = await workplace.open();
    expect((await environment.status()).state).toBe('absent');
    await workplace.deploy();
    workplace.emulator.requests.clear();
    expect(await environment.status()).toMatchObject({ state: 'running', region: 'sjc', resources: { volumeGb: 30 } });
    expect(requests().length).toBeLessThanOrEqual(3);
  });

  it('leaves nothing behind after destroy, and destroying nothing is a success', async () => {
    await workplace.deploy();
    expect((await workplace.destroy()).status).toBe('succeeded');
    expect(workplace.alive()).toEqual(nothing);
    expect((await workplace.destroy()).outcomes).toEqual([]);
  });

  it('stays within the rate limits of Fly', async () => {
    await workplace.remove();
    workplace = await createWorkplace({ rateLimits: true });
    await workplace.deploy();
    await workplace.destroy();
    expect(workplace.alive()).toEqual(nothing);
  });

  it('waits for a slow start', async () => {
    await workplace.remove();
    workplace = await createWorkplace({ latency: { createMs: 1_500 } });
    await workplace.deploy();
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('started');
    expect(workplace.events).toContainEqual(
      expect.objectContaining({ type: 'change.progress', message: expect.stringMatching(/is (created|starting)/) }),
    );
  });

  it('takes over a machine that flyctl has made, with its volume', async () => {
    const { admin } = workplace.emulator;
    admin.seedApp({ name: 'my-sindri-fly' });
    const volume = await admin.seedVolume({ app: 'my-sindri-fly', name: 'home_data', region: 'sjc', sizeGb: 30 });
    const id = admin.seedMachine({
      app: 'my-sindri-fly',
      name: 'wild-sun-1234',
      region: 'sjc',
      config: {
        guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 2048 },
        env: { MINE: 'kept', FLY_PROCESS_GROUP: 'app' },
        mounts: [{ volume, path: '/alt/home/developer' }],
        metadata: { fly_platform_version: 'v2', fly_process_group: 'app' },
      },
    });
    await admin.untilState('my-sindri-fly', id, 'started');
    await expect(workplace.deploy()).rejects.toMatchObject({ code: 'FLY_APP_NOT_OURS', kind: 'refused' });
    await workplace.deploy({ adopt: true });
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect(workplace.emulator.inspect().machines[0]).toMatchObject({
      id,
      state: 'started',
      config: { env: { MINE: 'kept' }, guest: { memory_mb: 4096 }, metadata: { sindri_env: 'my-sindri-fly' } },
    });
    expect((await workplace.plan()).changes).toEqual([]);
  });

  it('asks only for what the table of endpoints lists', async () => {
    await workplace.deploy();
    const environment = await workplace.open();
    await environment.stop();
    await environment.start();
    await workplace.destroy();
    const known = Object.values(endpoints).map(({ method, path }) => {
      const pattern = path.replace(/\{\w+\}/g, '[^/]+');
      return new RegExp(`^${method} ${pattern}$`);
    });
    const unknown = requests().filter((request) => !known.some((pattern) => pattern.test(request)));
    expect(unknown).toEqual([]);
  });
});

describe('a detached deploy', () => {
  it('does not wait for the machine, and gives the lease back', async () => {
    const workplace = await createWorkplace({ latency: { createMs: 3_600_000 } });
    try {
      const report = await workplace.deploy({ detach: true });
      expect(report.status).toBe('succeeded');
      const { machines } = workplace.emulator.inspect();
      expect(machines).toMatchObject([{ leased: false }]);
      expect(machines[0]?.state).not.toBe('started');
      expect(workplace.emulator.requests.list().some(({ path }) => path.endsWith('/wait'))).toBe(false);
      expect((await (await workplace.open()).status()).state).toBe('creating');
    } finally {
      await workplace.remove();
    }
  });
});
