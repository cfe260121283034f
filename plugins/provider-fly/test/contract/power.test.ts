import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

const small = quickstart.replace('4GB', '2GB');

describe('start, stop, suspend', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
    await workplace.deploy({ config: small });
  });

  afterEach(() => workplace.remove());

  it('each gets there, and doing nothing is a success', async () => {
    const environment = await workplace.open({ config: small });
    expect(await environment.start()).toEqual({ before: 'running', after: 'running' });
    expect(await environment.suspend()).toEqual({ before: 'running', after: 'suspended' });
    expect(await environment.suspend()).toEqual({ before: 'suspended', after: 'suspended' });
    expect(await environment.start()).toEqual({ before: 'suspended', after: 'running' });
    expect(await environment.stop()).toEqual({ before: 'running', after: 'stopped' });
    expect(await environment.stop()).toEqual({ before: 'stopped', after: 'stopped' });
    expect(await environment.start()).toEqual({ before: 'stopped', after: 'running' });
  });

  it('a start says each step once', async () => {
    const environment = await workplace.open({ config: small });
    await environment.suspend();
    const titles: string[] = [];
    await environment.start({ onEvent: (event) => event.type === 'phase.started' && titles.push(event.title) });
    expect(titles).toContain('Starting machine my-sindri-fly-1, which is suspended');
    expect(titles).toEqual([...new Set(titles)]);
  });

  it('refuses to suspend a machine with swap rather than stopping it', async () => {
    const config = small.replace('region: sjc', 'region: sjc\n    autoStopMachines: false');
    await workplace.deploy({ config });
    const environment = await workplace.open({ config });
    await expect(environment.suspend()).rejects.toMatchObject({ code: 'FLY_SUSPEND_IMPOSSIBLE', kind: 'refused' });
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('started');
  });

  it('restart ends the processes of what runs, and of what sleeps in memory; it starts what is stopped', async () => {
    const environment = await workplace.open({ config: small });
    const starts = () =>
      workplace.emulator.requests
        .list()
        .flatMap(({ method, path }) =>
          /(?:re)?start$|stop$/.exec(path) && method === 'POST' ? [path.split('/').at(-1)] : [],
        );
    const restarted = async () => {
      workplace.emulator.requests.clear();
      return { ...(await environment.restart()), asked: starts() };
    };
    expect(await restarted()).toEqual({ before: 'running', after: 'running', asked: ['restart'] });
    await environment.suspend();
    expect(await restarted()).toEqual({ before: 'suspended', after: 'running', asked: ['stop', 'start'] });
    await environment.stop();
    expect(await restarted()).toEqual({ before: 'stopped', after: 'running', asked: ['start'] });
    await workplace.destroy({ config: small });
    await expect(environment.restart()).rejects.toMatchObject({ code: 'FLY_NOT_DEPLOYED', kind: 'refused' });
  });

  it('a machine of somebody else is not restarted', async () => {
    const machine = workplace.emulator.inspect().machines[0];
    const { url, token } = workplace.emulator;
    await fetch(`${url}/v1/apps/my-sindri-fly/machines/${machine?.id}/metadata/sindri_env`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    const environment = await workplace.open({ config: small });
    const refused = await environment.restart().catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'refused' });
  });

  it('starts again although Fly says for a moment that it is still active', async () => {
    const environment = await workplace.open({ config: small });
    await environment.stop();
    workplace.emulator.faults.inject({ name: 'still-active' });
    expect(await environment.start()).toEqual({ before: 'stopped', after: 'running' });
  });
});
