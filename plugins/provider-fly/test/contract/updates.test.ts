import { createWorkplace, oneEnvironment, quickstart, type Workplace } from '../support/workplace';

const smaller = quickstart.replace('4GB', '2GB');

describe('changes to what runs', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
  });

  afterEach(() => workplace.remove());

  it('updates the machine in place, under its lease, and keeps everything else', async () => {
    const before = workplace.emulator.inspect();
    await workplace.deploy({ config: smaller });
    const after = workplace.emulator.inspect();
    expect(after.machines[0]).toMatchObject({
      id: before.machines[0]?.id,
      state: 'started',
      leased: false,
      config: { guest: { memory_mb: 2048 } },
    });
    expect(after.volumes).toEqual(before.volumes);
    expect((await workplace.plan({ config: smaller })).changes).toEqual([]);
  });

  it('tells an update that Fly accepted and took back', async () => {
    workplace.emulator.faults.inject({ name: 'update-reverted' });
    await expect(workplace.deploy({ config: smaller })).rejects.toMatchObject({
      code: expect.stringMatching(/^FLY_(UPDATE_REVERTED|MACHINE_STOPPED)$/),
    });
  });

  it.each(['lost-answer', 'server-error'])('%s on the update: done once', async (name) => {
    workplace.emulator.faults.inject({
      name,
      match: { method: 'POST', path: '/v1/apps/*/machines/*' },
      // A lost answer is lost after the commit, whatever is said.
      ...(name === 'server-error' ? { params: { commit: true } } : {}),
    });
    await workplace.deploy({ config: smaller });
    expect(workplace.emulator.inspect().machines[0]?.config).toMatchObject({ guest: { memory_mb: 2048 } });
    expect(workplace.alive()).toEqual(oneEnvironment);
  });

  it('waits for somebody else’s lease, and goes on when it ends', async () => {
    const machine = 'my-sindri-fly-1';
    workplace.emulator.admin.holdLease({ app: 'my-sindri-fly', machine, owner: 'other@tokens.fly.io', ttlSeconds: 1 });
    await workplace.deploy({ config: smaller });
    expect(workplace.events).toContainEqual(
      expect.objectContaining({ type: 'lock.waiting', holder: 'other@tokens.fly.io' }),
    );
    expect(workplace.emulator.inspect().machines[0]?.config).toMatchObject({ guest: { memory_mb: 2048 } });
  });

  it('takes no part of an update that somebody else has made meanwhile', async () => {
    const environment = await workplace.open({ config: smaller });
    const plan = await environment.plan();
    await workplace.deploy({ config: quickstart.replace('cpus: 2', 'cpus: 4') });
    await expect(environment.apply(plan)).rejects.toMatchObject({ code: 'FLY_MACHINE_CHANGED', kind: 'incomplete' });
    expect(workplace.emulator.inspect().machines[0]?.config).toMatchObject({ guest: { cpus: 4 } });
  });

  it('grows the volume, and leaves its data alone', async () => {
    const config = quickstart.replace('30GB', '40GB');
    const before = workplace.emulator.inspect().volumes[0];
    await workplace.deploy({ config });
    expect(workplace.emulator.inspect().volumes[0]).toEqual({ ...before, sizeGb: 40 });
    expect((await workplace.plan({ config })).changes).toEqual([]);
  });

  it('starts a machine that sleeps: Fly leaves it stopped with its new version', async () => {
    const environment = await workplace.open();
    await environment.stop();
    await workplace.deploy({ config: smaller });
    expect(workplace.emulator.inspect().machines[0]).toMatchObject({
      state: 'started',
      config: { guest: { memory_mb: 2048 } },
    });
  });

  it('sets a changed secret and makes the machine see it', async () => {
    const config = `${quickstart}secrets:\n  - name: GITHUB_TOKEN\n    source: env\n`;
    const before = workplace.emulator.inspect();
    await workplace.deploy({ config, env: { GITHUB_TOKEN: 'ghp_firstvalue' } });
    const first = workplace.emulator.inspect();
    expect(first.secrets.map(({ name }) => name).sort()).toEqual([
      'AUTHORIZED_KEYS',
      'GITHUB_TOKEN',
      'SINDRI_ENVIRONMENT',
    ]);
    expect(first.machines[0]?.version).not.toBe(before.machines[0]?.version);
    expect((await workplace.plan({ config, env: { GITHUB_TOKEN: 'ghp_firstvalue' } })).changes).toEqual([]);
    await workplace.deploy({ config, env: { GITHUB_TOKEN: 'ghp_secondvalue' } });
    expect(workplace.emulator.inspect().machines[0]?.version).not.toBe(first.machines[0]?.version);
    expect(JSON.stringify(workplace.events)).not.toMatch(/firstvalue|secondvalue/);
    await workplace.deploy();
    expect(workplace.emulator.inspect().secrets.map(({ name }) => name)).toEqual([
      'AUTHORIZED_KEYS',
      'SINDRI_ENVIRONMENT',
    ]);
  });
});
