import { recorded } from '../../../../test/recorded/recorded';
import { toVolumeSnapshot } from '../../src/planner/observed/volume-snapshot';
import { fastClock } from '../support/context';
import { forEachRequest, requestFaults } from '../support/request-matrix';
import { createWorkplace, type Workplace } from '../support/workplace';

const clock = fastClock(20);

describe('a snapshot on the wire', () => {
  it('as it was recorded while Fly writes it: no time, no size', () => {
    expect(
      recorded('snapshotsRunning').map((one: Parameters<typeof toVolumeSnapshot>[0]) =>
        toVolumeSnapshot(one, 'home_data'),
      ),
    ).toEqual([
      { id: 'vs_k0Vbq2Aa11Bb', volume: 'home_data', createdAt: null, sizeGb: null, state: 'pending', expiresAt: null },
    ]);
  });

  it.each([
    ['created', 'ready'],
    ['failed', 'failed'],
    ['something new', 'pending'],
    [undefined, 'ready'],
  ])('%p is %s', (status, state) => {
    const wire = {
      id: 'vs_1',
      created_at: '2026-03-01T12:00:00Z',
      size: 2 ** 29,
      retention_days: 7,
      ...(status === undefined ? {} : { status }),
    };
    expect(toVolumeSnapshot(wire, 'home_data')).toMatchObject({
      state,
      createdAt: '2026-03-01T12:00:00.000Z',
      expiresAt: '2026-03-08T12:00:00.000Z',
      sizeGb: state === 'ready' ? 0.5 : null,
    });
  });

  it('has no end when it is kept beyond all time', () => {
    const wire = { id: 'vs_1', created_at: '2026-03-01T12:00:00Z', size: 1, status: 'created', retention_days: 1e12 };
    expect(toVolumeSnapshot(wire, 'home_data').expiresAt).toBeNull();
  });
});

describe('snapshots of the volume', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace({ latency: { volumeMs: 50 } });
    await workplace.deploy();
  });
  afterEach(() => workplace.remove());

  const take = async (place = workplace): Promise<void> => {
    const environment = await place.open({ clock });
    await environment.apply(await environment.plan({ intent: 'snapshot.create' }));
  };

  it('one is taken and waited for; all are listed, newest first, without waking the machine', async () => {
    const environment = await workplace.open({ clock });
    await environment.stop();
    const plan = await environment.plan({ intent: 'snapshot.create' });
    expect(plan.changes).toMatchObject([
      {
        id: 'snapshot:home_data:create',
        action: 'create',
        title: 'take a snapshot of volume home_data, kept for 7 days',
        impact: ['in-place'],
      },
    ]);
    const report = await environment.apply(plan);
    expect(report.outcomes).toMatchObject([{ status: 'applied' }]);
    await take();
    const snapshots = await environment.snapshots();
    expect(snapshots).toMatchObject([
      { volume: 'home_data', state: 'ready' },
      { volume: 'home_data', state: 'ready' },
    ]);
    expect(Date.parse(snapshots[0]?.createdAt ?? '')).toBeGreaterThanOrEqual(Date.parse(snapshots[1]?.createdAt ?? ''));
    expect(workplace.emulator.inspect().machines[0]?.state).toBe('stopped');
    await expect(environment.plan({ intent: 'snapshot.create', volume: 'other' })).rejects.toMatchObject({
      code: 'FLY_NO_VOLUME',
    });
  });

  it('without an app there are none, and none can be taken or restored; Fly deletes them by itself', async () => {
    const environment = await workplace.open({ config: undefined });
    await workplace.destroy();
    expect(await environment.snapshots()).toEqual([]);
    await expect(environment.plan({ intent: 'snapshot.create' })).rejects.toMatchObject({ code: 'FLY_NO_VOLUME' });
    await expect(environment.plan({ intent: 'snapshot.restore', snapshot: 'vs_1' })).rejects.toMatchObject({
      code: 'FLY_NO_VOLUME',
    });
    await expect(environment.plan({ intent: 'snapshot.delete', snapshot: 'vs_1' })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
    });
  });

  it.each(requestFaults)(
    'exactly one is taken when %s, whichever request it is',
    async (_title, fault) => {
      const tried = await forEachRequest(async (place, nth) => {
        await place.deploy({ clock });
        const id = place.emulator.faults.inject({ ...fault, match: { nth }, times: 1 });
        await take(place);
        const struck = !place.emulator.faults.list().some((active) => active.id === id);
        place.emulator.faults.clear();
        const snapshots = await (await place.open({ clock })).snapshots();
        expect({ nth, taken: snapshots.length }).toEqual({ nth, taken: 1 });
        return struck;
      });
      expect(tried).toBeGreaterThanOrEqual(6);
    },
    120_000,
  );
});

describe('a volume that is not in use', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
  });
  afterEach(() => workplace.remove());

  const makeAnother = async (): Promise<string> => {
    const { url, token } = workplace.emulator;
    const response = await fetch(`${url}/v1/apps/my-sindri-fly/volumes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'home_data', region: 'sjc', size_gb: 5 }),
    });
    return ((await response.json()) as { id: string }).id;
  };
  const living = (): string[] =>
    workplace.emulator
      .inspect()
      .volumes.filter(({ state }) => state === 'created')
      .map(({ id }) => id);

  it('is deleted by its id; the one in use, and one that is not there, are refused', async () => {
    const [used] = living();
    const other = await makeAnother();
    const environment = await workplace.open();
    for (const [volume, code] of [
      [used as string, 'FLY_VOLUME_IN_USE'],
      ['home_data', 'FLY_NO_VOLUME'],
      ['vol_unknown', 'FLY_NO_VOLUME'],
    ] as const) {
      await expect(environment.plan({ intent: 'volume.delete', volume })).rejects.toMatchObject({ code });
    }
    const plan = await environment.plan({ intent: 'volume.delete', volume: other });
    expect(plan.changes).toMatchObject([
      { action: 'delete', impact: ['data-loss'], monthlyCostDelta: -0.75, payload: { volumeId: other } },
    ]);
    await environment.apply(plan, { consent: true });
    expect(living()).toEqual([used]);
    expect(await environment.status()).toMatchObject({ state: 'running', resources: { volumeGb: 30 } });
  });

  it('is also the one that a destroy has kept; not one of an app that is not ours', async () => {
    const environment = await workplace.open();
    await environment.apply(await environment.plan({ intent: 'destroy', keep: ['volume'] }));
    const plan = await environment.plan({ intent: 'volume.delete', volume: 'home_data' });
    await environment.apply(plan, { consent: true });
    expect(living()).toEqual([]);
    expect((await environment.status()).kept).toBeUndefined();
  });

  it('machines that could not be read may use it: no plan', async () => {
    const other = await makeAnother();
    workplace.emulator.faults.inject({ name: 'server-error', times: 0, match: { path: '/v1/apps/*/machines' } });
    const environment = await workplace.open({ clock });
    await expect(environment.plan({ intent: 'volume.delete', volume: other })).rejects.toMatchObject({
      code: 'PLAN_UNOBSERVED',
    });
  });
});
