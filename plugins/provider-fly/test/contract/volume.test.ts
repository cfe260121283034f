import { createWorkplace, nothing, oneEnvironment, quickstart, type Workplace } from '../support/workplace';

describe('the volume', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
  });

  afterEach(() => workplace.remove());

  it('that a destroy has kept is known, costs what it costs, and is used again', async () => {
    const [before] = workplace.emulator.inspect().volumes;
    const environment = await workplace.open();
    await environment.apply(await environment.plan({ intent: 'destroy', keep: ['volume'] }));
    expect(workplace.alive()).toEqual({ apps: 1, volumes: 1, machines: 0, ips: 0 });
    expect(await environment.status()).toMatchObject({
      state: 'absent',
      kept: ['volume home_data, 30 GB'],
      addresses: [],
      cost: { monthlyRunning: 4.5 },
    });

    const again = await environment.plan({ intent: 'destroy', keep: ['volume'] });
    expect(again).toMatchObject({ changes: [], notes: [{ code: 'FLY_VOLUME_KEPT' }] });

    const next = await environment.plan();
    expect(next.notes.map(({ code }) => code)).toContain('FLY_VOLUME_REUSED');
    await environment.apply(next);
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect(workplace.emulator.inspect().volumes[0]?.id).toBe(before?.id);

    await environment.apply(await environment.plan({ intent: 'destroy' }));
    expect(workplace.alive()).toEqual(nothing);
  });

  it('grows when it is asked to, once, and a deploy leaves it so', async () => {
    const environment = await workplace.open();
    const plan = await environment.plan({ intent: 'volume.extend', sizeGb: 40 });
    expect(plan).toMatchObject({
      intent: 'volume.extend',
      parameters: { sizeGb: 40 },
      changes: [{ id: 'volume:home_data:extend', impact: ['in-place', 'paid'], monthlyCostDelta: 1.5 }],
    });
    await environment.apply(plan);
    expect(workplace.emulator.inspect().volumes[0]?.sizeGb).toBe(40);
    expect(await environment.status()).toMatchObject({ state: 'running', resources: { volumeGb: 40 } });
    expect((await environment.plan({ intent: 'volume.extend', sizeGb: 40 })).changes).toEqual([]);
    const deploy = await workplace.plan({ config: quickstart });
    expect(deploy.changes).toEqual([]);
    expect(deploy.notes.map(({ code }) => code)).toContain('FLY_VOLUME_SHRINK');
  });

  it('is not made smaller, nor grown where there is none', async () => {
    const environment = await workplace.open();
    await expect(environment.plan({ intent: 'volume.extend', sizeGb: 20 })).rejects.toMatchObject({
      code: 'FLY_VOLUME_SHRINK',
      kind: 'usage',
    });
    await workplace.destroy();
    await expect(environment.plan({ intent: 'volume.extend', sizeGb: 40 })).rejects.toMatchObject({
      code: 'FLY_NO_VOLUME',
      kind: 'refused',
    });
  });
});
