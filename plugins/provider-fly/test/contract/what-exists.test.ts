import { createWorkplace, nothing, quickstart, type Workplace } from '../support/workplace';

/** Rules about making something must not stand in the way of looking at what exists, and of removing it. */
describe('what exists under a config that Fly would not make any more', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
  });

  afterEach(() => workplace.remove());

  it.each([
    ['a region that Fly has closed', quickstart.replace('region: sjc', 'region: bom'), 'CONFIG_INVALID'],
    ['a number of CPUs that it does not have', quickstart.replace('cpus: 2', 'cpus: 3'), 'CONFIG_INVALID'],
    ['another organization', quickstart.replace('region: sjc', 'organization: acme'), 'FLY_APP_IN_OTHER_ORGANIZATION'],
    ['a region nobody has heard of', quickstart.replace('region: sjc', 'region: zzz'), 'FLY_VOLUME_ELSEWHERE'],
  ])('%s: it can be seen, stopped and destroyed, and no deploy begins', async (_name, config, code) => {
    await workplace.deploy();
    const environment = await workplace.open({ config });
    await expect(environment.plan()).rejects.toMatchObject({ code });
    expect(await environment.status()).toMatchObject({ state: 'running', region: 'sjc' });
    await environment.stop();
    expect(await environment.status()).toMatchObject({ state: 'stopped' });
    await environment.apply(await environment.plan({ intent: 'destroy' }));
    expect(workplace.alive()).toEqual(nothing);
    await expect((await workplace.open({ config })).status()).resolves.toMatchObject({ state: 'absent' });
  });

  it("nothing is written for a region that is not on Fly's own list", async () => {
    const config = quickstart.replace('region: sjc', 'region: zzz');
    await expect(workplace.deploy({ config })).rejects.toMatchObject({ code: 'FLY_REGION_UNKNOWN', kind: 'usage' });
    expect(workplace.emulator.requests.list().filter(({ writes }) => writes)).toEqual([]);
  });

  it('nothing at all is sent for a typo', async () => {
    const config = quickstart.replace('region: sjc', 'region: sjx');
    await expect(workplace.deploy({ config })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(workplace.emulator.requests.list()).toEqual([]);
  });
});
