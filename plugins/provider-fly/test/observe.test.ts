import type { EnvironmentSpec, Observation } from '@sindri/core';
import { createFlyProvider } from '../src/index';
import { rememberedMachine } from '../src/machine/remembered-machine';
import { jumpingClock, testContext, type TestContext } from './support/context';
import { startScriptedFly, type ScriptedAnswer, type ScriptedFly } from './support/scripted-fly';

const spec: EnvironmentSpec = {
  name: 'demo',
  provider: 'fly',
  image: null,
  resources: { memoryMb: null, cpus: null, gpu: null },
  workspace: { sizeGb: null, path: null },
  extensions: { profile: null, active: [], additional: [], autoInstall: true },
  secrets: [],
  options: { region: 'sjc' },
  origins: {},
  baseDir: '/',
};

/** Path ends → answer; everything else is there and empty. */
type World = Record<string, ScriptedAnswer>;

const fullWorld: World = {
  '/demo': { body: { id: 'a1', name: 'demo', status: 'deployed', organization: { slug: 'personal' } } },
  '/ip_assignments': { body: { ips: [{ ip: '2a09::1', shared: false }] } },
  '/secrets': {
    body: {
      secrets: [
        { name: 'A', digest: 'd1' },
        { name: 'SINDRI_ENVIRONMENT', digest: 'd2' },
      ],
    },
  },
  '/volumes': { body: [{ id: 'vol_1', name: 'home_data', state: 'created', region: 'sjc', size_gb: 10 }] },
  '/machines': {
    body: [
      {
        id: 'm1',
        name: 'demo-1',
        state: 'started',
        region: 'sjc',
        instance_id: '01A',
        config: { image: 'x', env: { API_KEY: 'secretvalue' }, metadata: { sindri_env: 'demo' } },
      },
    ],
  },
  '/regions': {
    body: {
      Regions: [
        { code: 'sjc', name: 'San Jose' },
        { code: 'bom', name: 'Mumbai', deprecated: true },
      ],
    },
  },
};

describe('observe', () => {
  let fly: ScriptedFly;
  let context: TestContext;

  const look = async (
    world: World,
    options: {
      wanted?: EnvironmentSpec;
      purpose?: 'plan' | 'summary';
      env?: Record<string, string>;
      /** The machine was made from here. */
      isRemembered?: boolean;
    } = {},
  ): Promise<Observation> => {
    const all = { ...fullWorld, ...world };
    fly = await startScriptedFly(({ path }) => {
      const [, answer] = Object.entries(all).find(([end]) => path.endsWith(end)) ?? [];
      return answer ?? { status: 404, body: 'not scripted' };
    });
    context = testContext({
      clock: jumpingClock(),
      env: { FLY_FLAPS_BASE_URL: fly.url, FLY_API_TOKEN: 'fo1_token', ...options.env },
    });
    if (options.isRemembered === true) await rememberedMachine(context, 'demo').write('m1');
    return createFlyProvider().observe(options.wanted ?? spec, context, { purpose: options.purpose });
  };
  const asked = (): string[] => fly.seen.map(({ method, path }) => `${method} ${path.replace('/v1/', '')}`).sort();
  const statuses = (observation: Observation): Record<string, string> =>
    Object.fromEntries(observation.resources.map(({ id, status }) => [id, status]));

  afterEach(async () => {
    await fly.stop();
    context.remove();
  });

  it('reads five things, and shows no value that could be a secret', async () => {
    const observation = await look({}, { isRemembered: true });
    expect(asked()).toEqual([
      'GET apps/demo',
      'GET apps/demo/ip_assignments',
      'GET apps/demo/machines',
      'GET apps/demo/secrets',
      'GET apps/demo/volumes',
    ]);
    expect(statuses(observation)).toEqual({
      app: 'present',
      ips: 'present',
      secrets: 'present',
      'volume:home_data': 'present',
      'machine:demo-1': 'present',
    });
    expect(observation.resources.every(({ owned }) => owned)).toBe(true);
    expect(JSON.stringify(observation)).not.toContain('secretvalue');
  });

  it('that this computer does not know it asks for the regions beside the app, and for the rest once it is seen', async () => {
    const observation = await look({});
    expect(asked()).toContain('GET platform/regions');
    expect(fly.seen).toHaveLength(6);
    expect(new Set(Object.values(statuses(observation)))).toEqual(new Set(['present']));
    expect(observation.facts.regions).toBeNull();
  });

  it('sees that what it made is gone, and asks for the regions then', async () => {
    const missing = { status: 404, body: { error: 'app not found' } };
    const gone = Object.fromEntries(
      ['/demo', '/ip_assignments', '/secrets', '/volumes', '/machines'].map((end) => [end, missing]),
    );
    const observation = await look(gone, { isRemembered: true });
    expect(new Set(Object.values(statuses(observation)))).toEqual(new Set(['absent']));
    expect(observation.facts.regions).toHaveLength(2);
  });

  it('asks nothing below an app that is not there, but for the regions', async () => {
    const observation = await look({ '/demo': { status: 404, body: { error: 'app not found' } } });
    expect(asked()).toEqual(['GET apps/demo', 'GET platform/regions']);
    expect(new Set(Object.values(statuses(observation)))).toEqual(new Set(['absent']));
  });

  it.each([
    ['/machines', 'machine:demo-1'],
    ['/volumes', 'volume:home_data'],
    ['/secrets', 'secrets'],
    ['/ip_assignments', 'ips'],
  ])('a read of %s that fails is unobserved, never absent', async (end, id) => {
    const observation = await look({ [end]: { status: 500, body: { error: 'boom' } } });
    expect(statuses(observation)).toMatchObject({ [id]: 'unobserved' });
    expect(observation.resources.find((resource) => resource.id === id)?.reason).toContain('boom');
    expect(Object.values(statuses(observation)).filter((status) => status === 'present')).toHaveLength(4);
  });

  it('a refused token ends the look', async () => {
    await expect(
      look({ '/volumes': { status: 401, body: { error: 'token validation error' } } }),
    ).rejects.toMatchObject({
      code: 'FLY_TOKEN_REFUSED',
    });
  });

  it('asks three things for a summary, and sees from them that nothing is there', async () => {
    const missing = { status: 404, body: { error: 'app not found' } };
    const observation = await look(
      { '/machines?include_leases=true': missing, '/volumes': missing, '/ip_assignments': missing },
      { purpose: 'summary' },
    );
    expect(fly.seen).toHaveLength(3);
    expect(new Set(Object.values(statuses(observation)))).toEqual(new Set(['absent']));
  });

  it('an app of somebody else is a taken name, for a summary too', async () => {
    const forbidden = { status: 403, body: { error: 'forbidden' } };
    await expect(look({ '/demo': forbidden })).rejects.toMatchObject({ code: 'FLY_APP_NAME_TAKEN', kind: 'refused' });
    await fly.stop();
    context.remove();
    const all = { '/machines?include_leases=true': forbidden, '/volumes': forbidden, '/ip_assignments': forbidden };
    await expect(look(all, { purpose: 'summary' })).rejects.toMatchObject({ code: 'FLY_APP_NAME_TAKEN' });
  });

  it('an organization that the config names and the app is not in refuses a deploy, not the look', async () => {
    const wanted = {
      ...spec,
      options: { region: 'sjc', organization: 'acme' },
      origins: { 'providers.fly.organization': { file: 'sindri.yaml', line: 1, column: 1 } },
    };
    const observation = await look({}, { wanted });
    const plan = (intent: 'deploy' | 'destroy') =>
      createFlyProvider().plan({ spec: wanted, intent, secrets: [] }, observation);
    expect(() => plan('deploy')).toThrow(expect.objectContaining({ code: 'FLY_APP_IN_OTHER_ORGANIZATION' }));
    expect(plan('destroy').changes.map(({ id }) => id)).toContain('app:delete');
  });

  it.each([
    ['zzz', /no region zzz/],
    ['bom', /giving up region bom/],
  ])('region %s is seen, and refused before anything is made', async (region, message) => {
    const missing = { '/demo': { status: 404, body: { error: 'app not found' } } };
    const wanted = { ...spec, options: { region } };
    const observation = await look(missing, { wanted });
    expect(() => createFlyProvider().plan({ spec: wanted, intent: 'deploy', secrets: [] }, observation)).toThrow(
      expect.objectContaining({
        code: 'FLY_REGION_UNKNOWN',
        kind: 'usage',
        message: expect.stringMatching(message),
      }),
    );
  });

  it("asks for Fly's own regions also beside what exists, when the table does not know the one that is wanted", async () => {
    const observation = await look({}, { wanted: { ...spec, options: { region: 'zzz' } } });
    expect(asked()).toContain('GET platform/regions');
    expect(observation.facts.regions).toEqual([
      { code: 'sjc', name: 'San Jose', deprecated: false },
      { code: 'bom', name: 'Mumbai', deprecated: true },
    ]);
  });

  it('goes on without the list of regions, and says so', async () => {
    const observation = await look({
      '/demo': { status: 404, body: { error: 'app not found' } },
      '/regions': { status: 500, body: {} },
    });
    expect(observation.facts.regions).toBeNull();
    expect(context.events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'FLY_REGIONS_UNREAD' }));
  });

  it('takes organization and region from the environment where the config names none', async () => {
    const observation = await look({}, { env: { FLY_ORG: 'acme', FLY_REGION: 'ams' } });
    expect(observation.facts.defaults).toEqual({ organization: 'acme', region: 'ams' });
    const plan = createFlyProvider().plan(
      { spec, intent: 'deploy', secrets: [] },
      {
        ...observation,
        resources: observation.resources.map((item) => ({ ...item, status: 'absent', data: undefined })),
      },
    );
    expect(plan.changes.find(({ id }) => id === 'app:create')?.payload).toMatchObject({ organization: 'acme' });
    expect(plan.changes.find(({ id }) => id === 'volume:home_data:create')?.payload).toMatchObject({ region: 'ams' });
  });
});
