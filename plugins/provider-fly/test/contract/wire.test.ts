import type { Environment } from '@sindri/core';
import { stillClock } from '../support/context';
import { createWorkplace, nothing, oneEnvironment, quickstart, type Workplace } from '../support/workplace';

/** What the commands of the same names ask of an environment. */
const commands = {
  plan: (environment: Environment) => environment.plan(),
  async deploy(environment: Environment) {
    const plan = await environment.plan();
    if (plan.changes.length > 0) await environment.apply(plan);
    return environment.status({ after: plan });
  },
  status: (environment: Environment) => environment.status(),
  async destroy(environment: Environment) {
    const plan = await environment.plan({ intent: 'destroy' });
    await environment.apply(plan);
    return environment.plan({ intent: 'destroy', after: plan });
  },
};

describe('requests of a command', () => {
  let workplace: Workplace;
  const clock = stillClock();

  beforeEach(async () => {
    workplace = await createWorkplace();
  });
  afterEach(() => workplace.remove());

  /** Performs a command in an environment of its own, as a process does; returns its requests but for the waits. */
  async function requestsOf<T>(
    command: (environment: Environment) => Promise<T>,
    config = quickstart,
  ): Promise<{ requests: string[]; result: T }> {
    const environment = await workplace.open({ config, clock });
    workplace.emulator.requests.clear();
    const result = await command(environment);
    const all = workplace.emulator.requests.list().filter(({ path }) => !path.endsWith('/wait'));
    return { requests: all.map(({ method, path }) => `${method} ${path.replace('/v1/', '')}`), result };
  }

  it('are as few as there are things to ask and to do', async () => {
    expect((await requestsOf(commands.plan)).requests).toHaveLength(2);

    const deployed = await requestsOf(commands.deploy);
    expect(deployed.requests).toHaveLength(10);
    expect(workplace.alive()).toEqual(oneEnvironment);
    const looked = await requestsOf(commands.status);
    expect(looked.requests).toHaveLength(3);
    // What the deploy has seen on its way is what a look shows, beside the app, which a status does not ask for.
    const { details: seen, ...summary } = deployed.result;
    const { details: shown, ...asLooked } = looked.result;
    // How full a volume is was not asked once there was something on it.
    const volumes = asLooked.volumes?.map((volume) => ({ ...volume, used: null }));
    expect(summary).toEqual({ ...asLooked, usage: { ...asLooked.usage, volume: null }, volumes });
    expect({ ...seen, organization: null }).toEqual(shown);

    const unchanged = await requestsOf(commands.deploy);
    expect(unchanged.requests).toHaveLength(5);
    expect(unchanged.requests.every((request) => request.startsWith('GET'))).toBe(true);
    expect(unchanged.result).toMatchObject({ state: 'running' });

    const updated = await requestsOf(commands.deploy, quickstart.replace('4GB', '2GB'));
    expect(updated.requests.length).toBeLessThanOrEqual(11);
    expect(updated.result).toMatchObject({ state: 'running', resources: { memoryMb: 2048 } });

    const destroyed = await requestsOf(commands.destroy);
    expect(destroyed.requests.length).toBeLessThanOrEqual(10);
    expect(destroyed.requests.filter((request) => request.includes('stop'))).toEqual([]);
    // The app is asked for once it was deleted, and nothing is asked for once it has been seen to be gone.
    expect(destroyed.requests.slice(-2)).toEqual(['DELETE apps/my-sindri-fly', 'GET apps/my-sindri-fly']);
    expect(destroyed.result.changes).toEqual([]);
    expect(workplace.alive()).toEqual(nothing);
    expect((await requestsOf(commands.plan)).requests).toHaveLength(2);
  });

  it('a machine whose volume stays is stopped before it goes', async () => {
    await workplace.deploy();
    const { requests } = await requestsOf(async (environment) =>
      environment.apply(await environment.plan({ intent: 'destroy', keep: ['volume'] })),
    );
    expect(requests.some((request) => request.endsWith('/stop'))).toBe(true);
  });

  it('an address that costs something is given back before its app goes', async () => {
    const config = quickstart.replace('region: sjc', 'region: sjc\n    dedicatedIpv4: true');
    await workplace.deploy({ config });
    const { requests, result } = await requestsOf(commands.destroy, config);
    expect(requests.filter((request) => /^DELETE .*ip_assignments/.test(request))).toHaveLength(1);
    expect(result.changes).toEqual([]);
    expect(workplace.alive()).toEqual(nothing);
  });

  it('what was seen on the way of a plan is no answer once something else was done', async () => {
    const environment = await workplace.open({ clock });
    const plan = await environment.plan();
    await environment.apply(plan);
    await environment.stop();
    workplace.emulator.requests.clear();
    expect(await environment.status({ after: plan })).toMatchObject({ state: 'stopped' });
    expect(workplace.emulator.requests.list()).toHaveLength(3);
  });

  it('a deploy that does not wait has not seen how it ends, so somebody looks', async () => {
    const environment = await workplace.open({ clock });
    const plan = await environment.plan();
    await environment.apply(plan, { detach: true });
    workplace.emulator.requests.clear();
    await environment.status({ after: plan });
    expect(workplace.emulator.requests.list()).toHaveLength(3);
  });
});
