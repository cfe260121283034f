import { fastClock } from '../support/context';
import { createWorkplace, oneEnvironment, quickstart, type Workplace } from '../support/workplace';

describe('two deploys of one environment at once', () => {
  let workplace: Workplace;

  afterEach(() => workplace.remove());

  it('make one environment without a duplicate', async () => {
    workplace = await createWorkplace({ latency: { createMs: 2_500 } });
    const reports = await Promise.all([workplace.deploy(), workplace.deploy()]);
    expect(reports.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect((await workplace.plan()).changes).toEqual([]);
    expect(workplace.events).toContainEqual(
      expect.objectContaining({
        type: 'lock.waiting',
        holder: expect.stringContaining('@'),
        description: expect.stringContaining('sindri deploy by tester'),
        expiresAt: expect.any(String),
      }),
    );
  });

  it.each([1, 2, 3, 4, 5, 6])('whatever their order: seed %i', async (seed) => {
    workplace = await createWorkplace({ seed });
    workplace.emulator.faults.inject({
      name: 'slow-answer',
      params: { ms: 30 },
      match: { probability: 0.4 },
      times: 0,
    });
    const deploys = Array.from({ length: 3 }, () => workplace.deploy({ clock: fastClock(5) }));
    expect((await Promise.all(deploys)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    workplace.emulator.faults.clear();
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect((await workplace.plan()).changes).toEqual([]);
  });

  it('a look at the app in the midst of the other one, which sets its mark first, does not take it for a stranger', async () => {
    workplace = await createWorkplace();
    await makeTheAppOnly(workplace);
    const { requests } = workplace.emulator;
    // The secrets of before, and all the rest of after the other deploy.
    const seen = new Set<string>();
    const other = { deploy: () => undefined as unknown };
    const deployed = new Promise((resolve) => (other.deploy = () => resolve(workplace.deploy())));
    requests.onRequest(async ({ method, path }, phase) => {
      const [, list] = /\/(secrets|volumes|machines|ip_assignments)$/.exec(path) ?? [];
      const when = list === 'secrets' ? 'answered' : 'received';
      if (method !== 'GET' || list === undefined || phase !== when || seen.has(list)) return;
      seen.add(list);
      if (list === 'secrets') other.deploy();
      else await deployed;
    });
    expect((await workplace.plan()).changes).toEqual([]);
  });

  it('nor does one while the app is empty, and the note of this computer has just gone because the mark has come', async () => {
    workplace = await createWorkplace();
    await makeTheAppOnly(workplace);
    const { requests } = workplace.emulator;
    // The secrets of before the mark, the rest of after it; nothing is made in the app before the look is over.
    const seen = new Set<string>();
    const marked = gate();
    const looked = gate();
    let other: Promise<unknown> | undefined;
    requests.onRequest(async ({ method, path }, phase) => {
      const [, list = ''] = /\/(secrets|volumes|machines|ip_assignments)$/.exec(path) ?? [];
      if (method === 'POST' && phase === 'received' && ['volumes', 'machines', 'ip_assignments'].includes(list)) {
        marked.open();
        await looked.passed;
      }
      if (method !== 'GET' || list === '' || phase !== (list === 'secrets' ? 'answered' : 'received')) return;
      if (seen.has(list)) return;
      seen.add(list);
      if (list === 'secrets') other = workplace.deploy();
      else await marked.passed;
    });
    const { changes } = await workplace.plan();
    expect(changes.map(({ payload }) => (payload as { kind: string }).kind)).toContain('machine.create');
    looked.open();
    expect(await other).toMatchObject({ status: 'succeeded' });
    expect(workplace.alive()).toEqual(oneEnvironment);
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

  it('one that is interrupted while it asks for the lease leaves that of another tool, which has no description', async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
    const { emulator } = workplace;
    const [machine] = emulator.inspect().machines;
    await fetch(`${emulator.url}/v1/apps/my-sindri-fly/machines/${machine?.id}/lease`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ttl: 120 }),
    });
    const controller = new AbortController();
    emulator.requests.onRequest(({ method, path }, phase) => {
      if (phase === 'received' && method === 'POST' && path.endsWith('/lease')) controller.abort();
    });
    const config = quickstart.replace('4GB', '2GB');
    await expect(workplace.deploy({ config, signal: controller.signal })).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
    expect(emulator.inspect().machines[0]).toMatchObject({ leased: true });
  });
});

/** A deploy that is cut off when Fly has made the app. */
async function makeTheAppOnly({ deploy, emulator }: Workplace): Promise<void> {
  const controller = new AbortController();
  const off = emulator.requests.onRequest(({ method, path }, phase) => {
    if (phase === 'committed' && method === 'POST' && path === '/v1/apps') controller.abort();
  });
  await deploy({ signal: controller.signal }).catch(() => undefined);
  off();
}

function gate(): { passed: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}
