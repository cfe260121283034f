import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

const small = quickstart.replace('4GB', '2GB');

describe('what happened to an environment', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
  });
  afterEach(() => workplace.remove());

  it('is told oldest first, in two requests, without waking it', async () => {
    await workplace.deploy({ config: small });
    const environment = await workplace.open({ config: small });
    await environment.suspend();
    await environment.start();
    await environment.restart();
    await environment.stop();
    workplace.emulator.requests.clear();
    const told = await environment.events();
    expect(workplace.emulator.requests.list()).toHaveLength(2);
    expect(told.map(({ kind, cause }) => `${kind} ${cause}`)).toEqual([
      'created user',
      'started user',
      'suspended user',
      'resumed user',
      'restarted user',
      'stopped user',
    ]);
    expect(told.every(({ instance }) => instance === undefined)).toBe(true);
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('stopped');
    const sinceMs = Date.parse(told[4]?.at ?? '');
    expect((await environment.events({ sinceMs })).map(({ kind }) => kind)).toEqual(['restarted', 'stopped']);
    expect((await environment.events({ tail: 1 })).map(({ kind }) => kind)).toEqual(['stopped']);
    expect(await environment.events({ tail: 0 })).toEqual([]);
    await expect(environment.events({ instance: 'other' })).rejects.toMatchObject({ code: 'FLY_INSTANCE_UNKNOWN' });
    expect(await environment.events({ instance: 'my-sindri-fly-1' })).toEqual(told);
    // After so much sleep the machine's own list no longer begins with its launch; what it leaves untold is too short to have a price.
    for (let naps = 0; naps < 3; naps++) {
      await environment.start();
      await environment.suspend();
    }
    const month = told[0]?.at.slice(0, 7);
    expect((await environment.status()).usage?.month).toEqual({ month, spent: 0, atMost: 20.47 });
    expect((await environment.cost()).soFar).toEqual({ month, spent: 0 });
  });

  it('goes on over a machine that was made anew', async () => {
    await workplace.deploy({ config: small });
    const machine = workplace.emulator.inspect().machines[0];
    const { url, token } = workplace.emulator;
    const path = `/v1/apps/my-sindri-fly/machines/${machine?.id}?force=true`;
    await fetch(`${url}${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    await workplace.deploy({ config: small });
    const told = await (await workplace.open({ config: small })).events();
    expect(told.map(({ kind }) => kind)).toEqual(['created', 'started', 'destroyed', 'created', 'started']);
  });

  it('there is nothing to tell of what was never deployed', async () => {
    const environment = await workplace.open({ config: small });
    await expect(environment.events()).rejects.toMatchObject({ code: 'FLY_NOT_DEPLOYED', kind: 'refused' });
  });
});
