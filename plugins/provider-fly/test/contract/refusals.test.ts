import { createWorkplace, nothing, oneEnvironment, quickstart, type Workplace } from '../support/workplace';

describe('what Fly refuses', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace({ orgs: ['elsewhere'] });
  });

  afterEach(() => workplace.remove());

  it('no token: nothing is asked', async () => {
    const env = { FLY_API_TOKEN: undefined, FLY_ACCESS_TOKEN: undefined };
    await expect(workplace.deploy({ env })).rejects.toMatchObject({ code: 'FLY_TOKEN_MISSING', kind: 'auth' });
    expect(workplace.emulator.requests.list()).toEqual([]);
  });

  it('a wrong token', async () => {
    const env = { FLY_API_TOKEN: 'fo1_nobodyknows', FLY_ACCESS_TOKEN: undefined };
    await expect(workplace.deploy({ env })).rejects.toMatchObject({ code: 'FLY_TOKEN_REFUSED', kind: 'auth' });
    expect(JSON.stringify(workplace.events)).not.toContain('nobodyknows');
    expect(workplace.alive()).toEqual(nothing);
  });

  it('an app name that somebody else has', async () => {
    const { emulator } = workplace;
    const foreign = emulator.tokens.create({ kind: 'org', org: 'elsewhere' });
    await fetch(`${emulator.url}/v1/apps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${foreign}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'my-sindri-fly', app_name: 'my-sindri-fly', org_slug: 'elsewhere' }),
    });
    const FLY_API_TOKEN = emulator.tokens.create({ kind: 'org', org: 'personal' });
    const before = emulator.inspect();
    await expect(workplace.deploy({ env: { FLY_API_TOKEN } })).rejects.toMatchObject({
      code: 'FLY_APP_NAME_TAKEN',
      kind: 'refused',
      message: expect.stringContaining('my-sindri-fly'),
    });
    expect(emulator.inspect()).toEqual(before);
    const environment = await workplace.open({ env: { FLY_API_TOKEN } });
    await expect(environment.status()).rejects.toMatchObject({ code: 'FLY_APP_NAME_TAKEN' });
  });

  it('an unknown region that the built-in table would let pass', async () => {
    await expect(
      workplace.plan({
        env: { FLY_REGION: 'zzz' },
        config: quickstart.replace('    region: sjc\n', '    sshPort: 10022\n'),
      }),
    ).rejects.toMatchObject({
      code: 'FLY_REGION_UNKNOWN',
      kind: 'usage',
    });
    expect(workplace.alive()).toEqual(nothing);
  });

  it.each([
    ['capacity-region', 'region'],
    ['capacity-host-memory', 'host'],
    ['capacity-volume-host', 'volume'],
    ['capacity-volume', 'region'],
  ])('%s: told with its scope, and the next deploy goes on', async (name, scope) => {
    workplace.emulator.faults.inject({ name });
    await expect(workplace.deploy()).rejects.toMatchObject({
      code: 'FLY_NO_CAPACITY',
      kind: 'refused',
      details: { scope },
      hint: expect.any(String),
    });
    await workplace.deploy();
    expect(workplace.alive()).toEqual(oneEnvironment);
  });

  it('a GPU: warned of with the date, and refused with it; nothing that costs is left', async () => {
    const config = quickstart
      .replace('    cpus: 2\n', '    cpus: 2\n  gpu:\n    enabled: true\n    tier: gpu-medium\n')
      .replace('sjc', 'ord');
    const { notes } = await workplace.plan({ config });
    const warning = notes.find(({ code }) => code === 'FLY_GPU_WITHDRAWN');
    expect(warning).toMatchObject({ level: 'warning', message: expect.stringContaining('2026-08-01') as string });
    await expect(workplace.deploy({ config })).rejects.toMatchObject({
      code: 'FLY_GPU_REFUSED',
      kind: 'refused',
      hint: expect.stringContaining('2026-08-01') as string,
    });
    expect(workplace.alive()).toMatchObject({ volumes: 0, machines: 0 });
  });

  it('quota', async () => {
    workplace.emulator.faults.inject({ name: 'capacity-quota' });
    await expect(workplace.deploy()).rejects.toMatchObject({ code: 'FLY_QUOTA', kind: 'refused' });
  });

  it('a machine that crashes on boot is told at once, with exit code and last words', async () => {
    workplace.emulator.faults.inject({ name: 'crash-on-boot', params: { exitCode: 78 } });
    await expect(workplace.deploy()).rejects.toMatchObject({
      code: 'FLY_MACHINE_EXITED',
      kind: 'refused',
      message: expect.stringContaining('78'),
      details: { exitCode: 78, lastLogLines: expect.any(Array) },
    });
    workplace.emulator.faults.clear();
    await workplace.deploy();
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('started');
  });

  it('a machine that Fly cannot start at all', async () => {
    workplace.emulator.faults.inject({ name: 'boot-fails' });
    await expect(workplace.deploy()).rejects.toMatchObject({ code: 'FLY_MACHINE_FAILED', kind: 'refused' });
    await workplace.deploy();
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('started');
  });

  it('lists that lag behind lead to no duplicate', async () => {
    workplace.emulator.faults.inject({ name: 'stale-list', params: { ms: 60_000 } });
    await workplace.deploy();
    await workplace.deploy();
    workplace.emulator.faults.clear();
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect((await workplace.plan()).changes).toEqual([]);
  });
});
