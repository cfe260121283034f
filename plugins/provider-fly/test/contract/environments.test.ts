import { listEnvironments, type EnvironmentOverview } from '@sindri/core';
import { createFlyProvider } from '../../src/index';
import { jumpingClock } from '../support/context';
import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

const named = (name: string): string => quickstart.replace('my-sindri-fly', name);

describe('every environment of a person', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace({ orgs: ['acme'] });
  });
  afterEach(() => workplace.remove());

  const list = (env: Record<string, string> = {}): Promise<EnvironmentOverview> => {
    workplace.emulator.requests.clear();
    return listEnvironments({
      providers: [createFlyProvider()],
      env: { ...workplace.env, ...env },
      stateDir: `${workplace.home}/state`,
      clock: jumpingClock(),
    });
  };
  const asked = (): string[] => workplace.emulator.requests.list().map(({ method, path }) => `${method} ${path}`);

  /** A request as another tool would send it. */
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const { url, token } = workplace.emulator;
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 202 || response.status === 204 ? null : response.json();
  };
  const machineId = (app: string): string =>
    workplace.emulator.inspect().machines.find((one) => one.app === app && one.state !== 'destroyed')?.id ?? '';

  it('is found without a config, with place, size, cost and owner', async () => {
    await workplace.deploy({ config: named('beta') });
    await workplace.deploy({ config: named('alpha').replace('4GB', '2GB') });
    await (await workplace.open({ config: named('alpha').replace('4GB', '2GB') })).suspend();
    const { environments, unobserved } = await list();
    expect(unobserved).toEqual([]);
    expect(environments).toEqual([
      {
        provider: 'fly',
        name: 'alpha',
        platformName: 'alpha',
        state: 'suspended',
        region: 'sjc',
        resources: { memoryMb: 2048, cpus: 2, volumeGb: 30 },
        monthlyCost: { currency: 'USD', running: 20.47, idle: 5.7 },
        owner: 'personal',
        createdAt: expect.stringMatching(/^20/),
        orphans: [],
      },
      expect.objectContaining({ name: 'beta', state: 'running', owner: 'personal' }),
    ]);
    // What status says it costs is what the list says.
    const status = await (await workplace.open({ config: named('beta') })).status();
    expect(environments[1]?.monthlyCost).toEqual({
      currency: 'USD',
      running: status.cost?.monthlyRunning,
      idle: status.cost?.monthlyIdle,
    });
  });

  it('takes four requests and one for each environment; apps of others cost none', async () => {
    for (const name of ['one', 'two', 'three']) await workplace.deploy({ config: named(name) });
    await call('POST', '/apps', { name: 'web', org_slug: 'personal' });
    await call('POST', '/apps/web/machines', { config: { image: 'nginx' }, region: 'sjc' });
    expect((await list({ FLY_ORG: 'personal' })).environments).toHaveLength(3);
    expect(asked().sort()).toEqual([
      'GET /v1/apps',
      'GET /v1/apps/one/ip_assignments',
      'GET /v1/apps/three/ip_assignments',
      'GET /v1/apps/two/ip_assignments',
      'GET /v1/orgs/personal/machines',
      'GET /v1/orgs/personal/volumes',
    ]);
    expect(workplace.emulator.requests.list().filter(({ writes }) => writes)).toEqual([]);
  });

  it('of every organization that the token reaches, or of the one that FLY_ORG names', async () => {
    await workplace.deploy({ config: named('mine') });
    await workplace.deploy({ config: named('ours').replace('region: sjc', 'region: sjc\n    organization: acme') });
    const owners = ({ environments }: EnvironmentOverview) => environments.map(({ name, owner }) => `${name} ${owner}`);
    expect(owners(await list())).toEqual(['mine personal', 'ours acme']);
    expect(owners(await list({ FLY_ORG: 'acme' }))).toEqual(['ours acme']);
  });

  it('what is left over is marked: a kept volume, an unused one, a paid address, an empty app', async () => {
    await workplace.deploy({ config: named('kept') });
    const kept = await workplace.open({ config: named('kept') });
    await kept.apply(await kept.plan({ intent: 'destroy', keep: ['volume'] }));
    await workplace.deploy({ config: named('second') });
    await call('POST', '/apps/second/volumes', { name: 'home_data', region: 'sjc', size_gb: 5 });
    await workplace.deploy({ config: named('bare') });
    await call('POST', '/apps/bare/ip_assignments', { type: 'v4' });
    await call('DELETE', `/apps/bare/machines/${machineId('bare')}?force=true`);
    await workplace.deploy({ config: named('empty') });
    await call('DELETE', `/apps/empty/machines/${machineId('empty')}?force=true`);
    const emptied = workplace.emulator.inspect().volumes.find(({ app }) => app === 'empty');
    await call('DELETE', `/apps/empty/volumes/${emptied?.id}`);

    const found = Object.fromEntries((await list()).environments.map((one) => [one.name, one]));
    expect(found['kept']).toMatchObject({
      state: 'absent',
      resources: { memoryMb: null, volumeGb: 30 },
      monthlyCost: { running: 4.5, idle: 4.5 },
      orphans: [expect.stringMatching(/^volume home_data \(vol_\w+, 30 GB\) without a machine$/)],
    });
    expect(found['second']).toMatchObject({
      state: 'running',
      orphans: [expect.stringMatching(/^volume home_data \(vol_\w+, 5 GB\) without a machine$/)],
    });
    const { cost } = await (await workplace.open({ config: named('second') })).status();
    expect(found['second']?.monthlyCost?.running).toBe(cost?.monthlyRunning);
    expect(cost?.items.map(({ title }) => title)).toContain('1 more volume, 5 GB');
    expect(found['bare']).toMatchObject({
      state: 'incomplete',
      orphans: [
        expect.stringContaining('volume home_data'),
        expect.stringMatching(/^dedicated IPv4 [\d.]+ without a machine, \$2\.00 a month$/),
      ],
    });
    expect(found['empty']).toMatchObject({
      state: 'incomplete',
      orphans: ['app without a machine and without a volume'],
    });
  });

  it('what is not ours is not listed, whatever its name and its volumes', async () => {
    await call('POST', '/apps', { name: 'web', org_slug: 'personal' });
    await call('POST', '/apps/web/volumes', { name: 'home_data', region: 'sjc', size_gb: 5 });
    await call('POST', '/apps', { name: 'copied', org_slug: 'personal' });
    // `flyctl machine clone` takes metadata along.
    const config = { image: 'nginx', metadata: { sindri_env: 'another' } };
    await call('POST', '/apps/copied/machines', { config, region: 'sjc' });
    expect(await list()).toMatchObject({ environments: [], unobserved: [], asked: ['fly'] });
  });

  it('one app that cannot be read is told, and hides no other', async () => {
    for (const name of ['one', 'two', 'three']) await workplace.deploy({ config: named(name) });
    await call('DELETE', `/apps/three/machines/${machineId('three')}?force=true`);
    const always = { name: 'server-error', times: 0 };
    workplace.emulator.faults.inject({ ...always, match: { path: '/v1/apps/two/ip_assignments' } });
    workplace.emulator.faults.inject({ ...always, match: { path: '/v1/apps/three/secrets' } });
    const { environments, unobserved } = await list();
    expect(environments.map(({ name, monthlyCost }) => [name, monthlyCost === null])).toEqual([
      ['one', false],
      ['two', true],
    ]);
    expect(unobserved.map(({ provider, message, error }) => [provider, message.split('.')[0], error])).toEqual([
      ['fly', 'The secrets of app three could not be read', null],
      ['fly', 'The addresses of app two could not be read', null],
    ]);
  });

  it('a list of the organization that is refused, or behind, is replaced by those of the apps', async () => {
    await workplace.deploy({ config: named('one') });
    const refuse = { name: 'server-error', times: 0 };
    workplace.emulator.faults.inject({ ...refuse, match: { path: '/v1/orgs/personal/machines' } });
    expect(await list()).toMatchObject({ environments: [{ name: 'one', state: 'running' }], unobserved: [] });
    expect(asked()).toContain('GET /v1/apps/one/machines');
    workplace.emulator.faults.inject({ ...refuse, match: { path: '/v1/apps/one/machines' } });
    const unseen = await list();
    // The app's secret shows that it is ours; what runs in it is not known.
    expect(unseen).toMatchObject({
      environments: [{ name: 'one', state: 'unknown', region: 'sjc', monthlyCost: null, orphans: [] }],
      unobserved: [{ provider: 'fly', error: null }],
    });
    expect(unseen.unobserved[0]?.message).toMatch(/^The machines of app one could not be read\./);
  });

  it('without a token, with a refused one, or with one for a single app, nothing is concluded', async () => {
    await workplace.deploy({ config: named('one') });
    expect((await list({ FLY_API_TOKEN: '', FLY_ACCESS_TOKEN: '' })).unobserved).toMatchObject([
      { error: { code: 'FLY_TOKEN_MISSING', kind: 'auth' } },
    ]);
    expect((await list({ FLY_API_TOKEN: 'fo1_wrong' })).unobserved).toMatchObject([
      { error: { code: 'FLY_TOKEN_REFUSED', kind: 'auth' } },
    ]);
    const deploy = workplace.emulator.tokens.create({ kind: 'deploy', app: 'one' });
    const single = await list({ FLY_API_TOKEN: deploy });
    expect(single).toMatchObject({ environments: [], unobserved: [{ error: { code: 'FLY_FORBIDDEN' } }], asked: [] });
  });
});
