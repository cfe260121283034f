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

  it('refuses to suspend a machine with swap rather than stopping it', async () => {
    const config = small.replace('region: sjc', 'region: sjc\n    autoStopMachines: false');
    await workplace.deploy({ config });
    const environment = await workplace.open({ config });
    await expect(environment.suspend()).rejects.toMatchObject({ code: 'FLY_SUSPEND_IMPOSSIBLE', kind: 'refused' });
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('started');
  });

  it('starts again although Fly says for a moment that it is still active', async () => {
    const environment = await workplace.open({ config: small });
    await environment.stop();
    workplace.emulator.faults.inject({ name: 'still-active' });
    expect(await environment.start()).toEqual({ before: 'stopped', after: 'running' });
  });
});
