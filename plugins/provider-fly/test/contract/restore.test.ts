import { isSindriError } from '@sindri/core';
import { fastClock } from '../support/context';
import { abortAfter, forEachRequest } from '../support/request-matrix';
import { createWorkplace, quickstart, type OpenOptions, type Workplace } from '../support/workplace';

const clock = fastClock(20);

/** A deployed environment with one snapshot; returns its id. */
async function deployAndSnapshot(workplace: Workplace): Promise<string> {
  await workplace.deploy({ clock });
  const environment = await workplace.open({ clock });
  await environment.apply(await environment.plan({ intent: 'snapshot.create' }));
  return (await environment.snapshots())[0]?.id ?? '';
}

async function restore(workplace: Workplace, snapshot: string, options: OpenOptions = {}) {
  const environment = await workplace.open({ clock, ...options });
  return environment.apply(await environment.plan({ intent: 'snapshot.restore', snapshot }));
}

const machines = ({ emulator }: Workplace) => emulator.inspect().machines.filter(({ state }) => state !== 'destroyed');
const volumes = ({ emulator }: Workplace) =>
  emulator.inspect().volumes.filter(({ state }) => state !== 'pending_destroy');
const mounted = (workplace: Workplace): string | undefined =>
  (machines(workplace)[0]?.config.mounts as { volume: string }[])[0]?.volume;

describe('a restore', () => {
  let workplace: Workplace;
  let snapshot: string;
  let before: string;

  beforeEach(async () => {
    workplace = await createWorkplace();
    snapshot = await deployAndSnapshot(workplace);
    before = mounted(workplace) ?? '';
  });
  afterEach(() => workplace.remove());

  it('says what it does, swaps a new volume in, keeps the old one, and leaves nothing for a deploy', async () => {
    const environment = await workplace.open({ clock });
    const plan = await environment.plan({ intent: 'snapshot.restore', snapshot });
    expect(plan.changes).toMatchObject([
      { id: 'volume:home_data:restore', impact: ['in-place', 'paid'], monthlyCostDelta: 4.5 },
      { id: 'machine:my-sindri-fly-1:replace', action: 'replace', impact: ['replace', 'restart'] },
      { action: 'delete', title: 'delete machine my-sindri-fly-1, whose volume stays', impact: ['restart'] },
    ]);
    expect(plan.notes.map(({ code }) => code)).toEqual(['FLY_RESTORE_KEEPS']);
    const report = await environment.apply(plan);
    expect(report.outcomes.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied']);
    expect(machines(workplace)).toMatchObject([{ name: 'my-sindri-fly-1b', state: 'started' }]);
    expect(volumes(workplace)).toHaveLength(2);
    expect(mounted(workplace)).not.toBe(before);
    expect(await environment.status()).toMatchObject({
      state: 'running',
      kept: [`volume home_data (${before}), 30 GB`],
      resources: { volumeGb: 30 },
    });
    expect((await workplace.plan({ clock })).changes).toEqual([]);
    await restore(workplace, snapshot, { stateDir: `${workplace.home}/elsewhere` });
    expect(machines(workplace)).toMatchObject([{ name: 'my-sindri-fly-1' }]);
    await workplace.destroy();
    expect(workplace.alive()).toEqual({ apps: 0, volumes: 0, machines: 0, ips: 0 });
  });

  it('leaves a stopped machine stopped', async () => {
    await (await workplace.open({ clock })).stop();
    await restore(workplace, snapshot);
    expect(machines(workplace)).toMatchObject([{ name: 'my-sindri-fly-1b', state: 'stopped' }]);
    expect(await (await workplace.open({ clock })).status()).toMatchObject({ state: 'stopped' });
    expect((await workplace.plan({ clock })).changes).toEqual([]);
  });

  it('works while the host of the old machine and its volume does not answer', async () => {
    const [old] = machines(workplace);
    const lost = workplace.emulator.faults.inject({ name: 'host-unreachable', match: { machine: old?.id } });
    const environment = await workplace.open({ clock });
    const plan = await environment.plan({ intent: 'snapshot.restore', snapshot });
    expect(plan.notes.map(({ code }) => code)).toContain('FLY_HOST_UNREACHABLE');
    await environment.apply(plan);
    expect(machines(workplace)).toMatchObject([
      { id: old?.id, state: 'destroying' },
      { name: 'my-sindri-fly-1b', state: 'started', config: { image: old?.config.image } },
    ]);
    expect(await environment.status()).toMatchObject({ state: 'running', kept: [expect.stringContaining(before)] });
    expect((await workplace.plan({ clock })).changes).toEqual([]);
    await expect(environment.plan({ intent: 'volume.delete', volume: before })).rejects.toMatchObject({
      code: 'FLY_VOLUME_IN_USE',
      hint: expect.stringContaining('as soon as its host is back'),
    });
    workplace.emulator.faults.clear(lost);
    await environment.status();
    await workplace.emulator.admin.untilState('my-sindri-fly', old?.id ?? '', 'destroyed');
    await environment.apply(await environment.plan({ intent: 'volume.delete', volume: before }), { consent: true });
    expect(volumes(workplace)).toHaveLength(1);
  });

  it('without room for the new machine changes nothing, and says the way out; elsewhere it moves', async () => {
    workplace.emulator.faults.inject({ name: 'capacity-region' });
    await expect(restore(workplace, snapshot)).rejects.toMatchObject({
      code: 'FLY_NO_CAPACITY',
      hint: expect.stringContaining('restore elsewhere: set `providers.fly.region`'),
    });
    expect(volumes(workplace).map(({ id }) => id)).toEqual([before]);
    expect(machines(workplace)).toMatchObject([{ name: 'my-sindri-fly-1', state: 'started' }]);
    const config = quickstart.replace('region: sjc', 'region: ams');
    await restore(workplace, snapshot, { config });
    expect(machines(workplace)).toMatchObject([{ region: 'ams', config: { env: { PRIMARY_REGION: 'ams' } } }]);
    expect((await workplace.plan({ clock, config })).changes).toEqual([]);
  });

  it('is refused for a snapshot that there is not, and names those that there are', async () => {
    const environment = await workplace.open({ clock });
    await expect(environment.plan({ intent: 'snapshot.restore', snapshot: 'vs_none' })).rejects.toMatchObject({
      code: 'FLY_SNAPSHOT_UNUSABLE',
      kind: 'usage',
      hint: expect.stringContaining(snapshot),
    });
  });

  it('of two at once one wins, and the other leaves nothing behind', async () => {
    const [first, second] = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const environment = await workplace.open({ clock, stateDir: `${workplace.home}/${name}` });
        return { environment, plan: await environment.plan({ intent: 'snapshot.restore', snapshot }) };
      }),
    );
    const ends = await Promise.allSettled([first, second].map((each) => each!.environment.apply(each!.plan)));
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect({ machines: machines(workplace).length, volumes: volumes(workplace).length }).toEqual({
      machines: 1,
      volumes: 2,
    });
  });

  it('goes on without a machine: the next deploy uses the new volume', async () => {
    const environment = await workplace.open({ clock });
    await environment.apply(await environment.plan({ intent: 'destroy', keep: ['volume'] }));
    const plan = await environment.plan({ intent: 'snapshot.restore', snapshot });
    expect(plan.notes.map(({ code }) => code)).toContain('FLY_RESTORE_ALONE');
    await environment.apply(plan);
    await workplace.deploy({ clock });
    expect(mounted(workplace)).not.toBe(before);
  });
});

describe('a restore of which one request goes wrong', () => {
  const whole = async (workplace: Workplace, nth: number): Promise<void> => {
    expect({
      nth,
      machines: machines(workplace).map(({ state }) => state),
      volumes: volumes(workplace).length,
    }).toEqual({
      nth,
      machines: ['started'],
      volumes: 2,
    });
    expect((await workplace.plan({ clock })).changes).toEqual([]);
  };

  /** Reads are repeated by the one sender of requests, as its own tests show: here only what writes goes wrong. */
  it.each(['POST', 'DELETE'])(
    'is done in the same run when the answer to a %s is lost, whichever it is',
    async (method) => {
      const tried = await forEachRequest(async (workplace, nth) => {
        const snapshot = await deployAndSnapshot(workplace);
        const { faults } = workplace.emulator;
        const id = faults.inject({ name: 'lost-answer', match: { method, nth }, times: 1 });
        await restore(workplace, snapshot);
        const struck = !faults.list().some((active) => active.id === id);
        faults.clear();
        await whole(workplace, nth);
        return struck;
      });
      expect(tried).toBeGreaterThanOrEqual(1);
    },
    60_000,
  );

  it('goes on in the next run when it is killed, after whichever write', async () => {
    const tried = await forEachRequest(async (workplace, nth) => {
      const snapshot = await deployAndSnapshot(workplace);
      const { controller, off } = abortAfter(workplace, nth, ({ writes }) => writes);
      const ended = await restore(workplace, snapshot, { signal: controller.signal }).catch((error: unknown) => error);
      off();
      if (isSindriError(ended)) {
        expect(ended.code).toBe('OPERATION_CANCELLED');
        await restore(workplace, snapshot);
      }
      await whole(workplace, nth);
      return controller.signal.aborted;
    });
    expect(tried).toBeGreaterThanOrEqual(4);
  }, 60_000);
});
