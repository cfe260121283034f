import { createWorkplace, oneEnvironment, quickstart, type Workplace } from '../support/workplace';

describe('two deploys of one environment at once', () => {
  let workplace: Workplace;

  afterEach(() => workplace.remove());

  it('make one environment without a duplicate', async () => {
    workplace = await createWorkplace({ latency: { startMs: 300 } });
    const reports = await Promise.all([workplace.deploy(), workplace.deploy()]);
    expect(reports.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect((await workplace.plan()).changes).toEqual([]);
    const waited = workplace.events.filter(({ type }) => type === 'lock.waiting');
    for (const event of waited) expect(event).toMatchObject({ holder: expect.stringContaining('@') });
  });

  it('say who holds the lease, and give up after the lock timeout', async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
    const { emulator } = workplace;
    const [machine] = emulator.inspect().machines;
    const taken = await fetch(`${emulator.url}/v1/apps/my-sindri-fly/machines/${machine?.id}/lease`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ttl: 120, description: 'deploy by somebody@elsewhere' }),
    });
    expect(taken.status).toBe(201);
    const config = quickstart.replace('4GB', '2GB');
    await expect(workplace.deploy({ config, lockTimeoutMs: 0 })).rejects.toMatchObject({
      code: 'FLY_LEASE_HELD',
      kind: 'incomplete',
      message: expect.stringContaining('deploy by somebody@elsewhere'),
    });
    expect(workplace.events).toContainEqual(
      expect.objectContaining({ type: 'lock.waiting', description: 'deploy by somebody@elsewhere' }),
    );
  });
});
