import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

/** One app is asked for by its name, and nothing is concluded from a list of others or from a part of a name. */
describe('an environment is its own app and nothing beside it', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
  });

  afterEach(() => workplace.remove());

  it('a name that is part of others, or has them as a part, is none of them', async () => {
    const others = ['my-sindri', 'my-sindri-fly-2', 'not-my-sindri-fly'];
    for (const app of others) {
      workplace.emulator.admin.seedApp({ name: app, secrets: { AUTHORIZED_KEYS: 'x', HOME_DATA: 'y' } });
      await workplace.emulator.admin.seedVolume({ app, name: 'home_data_old', region: 'sjc', sizeGb: 1 });
      workplace.emulator.admin.seedMachine({ app, name: 'my-sindri-fly-1', region: 'sjc', config: {} });
    }
    const before = workplace.alive();
    expect((await workplace.deploy()).status).toBe('succeeded');
    expect(workplace.alive()).toEqual({
      apps: before.apps + 1,
      volumes: before.volumes + 1,
      machines: before.machines + 1,
      ips: before.ips + 2,
    });
    const { volumes } = workplace.emulator.inspect();
    expect(volumes.filter(({ app }) => app === 'my-sindri-fly').map(({ name }) => name)).toEqual(['home_data']);
    expect((await workplace.plan()).changes).toEqual([]);
    expect((await workplace.destroy()).status).toBe('succeeded');
    expect(workplace.alive()).toEqual(before);
    const written = workplace.emulator.requests.list().filter(({ writes }) => writes);
    expect(written.filter(({ path }) => others.some((app) => path.includes(`/apps/${app}/`)))).toEqual([]);
  });

  it('a token for this app alone is enough to look, to change and to let it sleep', async () => {
    await workplace.deploy();
    const { FLY_FLAPS_BASE_URL: fly, FLY_API_TOKEN: wide } = workplace.env;
    const made = await fetch(`${fly}/v1/apps/my-sindri-fly/deploy_token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${wide}`, 'content-type': 'application/json' },
      body: JSON.stringify({ expiry: '1h' }),
    });
    const { token } = (await made.json()) as { token: string };
    const env = { FLY_API_TOKEN: token };
    expect((await workplace.plan({ env })).changes).toEqual([]);
    const larger = await workplace.deploy({ env, config: quickstart.replace('4GB', '2GB') });
    expect(larger.status).toBe('succeeded');
    const environment = await workplace.open({ env });
    await environment.stop();
    expect((await environment.status()).state).toBe('stopped');
  });
});
