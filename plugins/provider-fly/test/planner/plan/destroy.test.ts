import { planFly } from '../../../src/planner/index.js';
import { FlyWorld, secret } from '../support/fly-world.js';
import { codesOf, deploy, idsOf, planOn } from '../support/plans.js';
import { spec } from '../support/specs.js';

function deployed(draft: Parameters<typeof spec>[0] = {}): FlyWorld {
  const world = new FlyWorld();
  deploy(world, spec(draft), { secrets: (spec(draft).secrets ?? []).map(({ name }) => secret(name)) });
  return world;
}

const destroy = (world: FlyWorld, keep?: string[], draft: Parameters<typeof spec>[0] = {}) =>
  planOn(world, spec(draft), { intent: 'destroy', ...(keep === undefined ? {} : { keep }) });

describe('destroying an environment', () => {
  it('goes from the machine outwards', () => {
    const world = deployed({ sizeGb: 30 });
    const plan = destroy(world);
    const [v6, shared] = world.ips.map(({ ip }) => ip);
    expect(Object.fromEntries(plan.changes.map(({ id, dependsOn }) => [id, dependsOn]))).toEqual({
      'machine:my-sindri-1:delete': [],
      'volume:home_data:delete': ['machine:my-sindri-1:delete'],
      [`ips:${v6}:delete`]: [],
      [`ips:${shared}:delete`]: [],
      'app:delete': [
        `ips:${v6}:delete`,
        `ips:${shared}:delete`,
        'machine:my-sindri-1:delete',
        'volume:home_data:delete',
      ].sort(),
    });
  });

  it('says what is lost and what it saves', () => {
    const plan = destroy(deployed({ sizeGb: 30, fly: { dedicatedIpv4: true } }));
    expect(plan.changes.find(({ id }) => id === 'volume:home_data:delete')).toMatchObject({
      title: 'delete volume home_data, 30 GB in sjc, with its snapshots',
      impact: ['data-loss'],
      monthlyCostDelta: -4.5,
    });
    expect(plan.changes.find(({ id }) => id === 'machine:my-sindri-1:delete')?.title).toBe(
      'delete machine my-sindri-1, which is running',
    );
    const notes = Object.fromEntries(plan.notes.map(({ code, message }) => [code, message]));
    expect(notes['FLY_DATA_LOSS']).toMatch(/Gone for good: volume home_data, 30 GB in sjc/);
    // 15.97 machine, 4.50 volume, 2.00 address.
    expect(notes['FLY_SAVINGS']).toContain('$22.47');
    expect(plan.cost).toMatchObject({ monthlyRunning: 0, monthlyIdle: 0, items: [] });
  });

  it('plans nothing where nothing is', () => {
    expect(destroy(new FlyWorld())).toMatchObject({ changes: [], notes: [] });
  });

  it('cleans up after a half-finished deploy', () => {
    const world = new FlyWorld();
    world.app = { name: 'my-sindri', organization: 'personal' };
    world.askedForHere = true;
    expect(idsOf(destroy(world))).toEqual(['app:delete']);
    world.setMark();
    world.volumes = [{ id: 'v', name: 'home_data', state: 'created', region: 'sjc', size_gb: 10 }];
    expect(idsOf(destroy(world))).toEqual(['volume:home_data:delete', 'app:delete']);
  });

  it('takes namesakes of the volume along, each by name and with its loss', () => {
    const world = deployed();
    world.volumes.push({ id: 'vol_x', name: 'home_data', state: 'created', region: 'ams', size_gb: 5 });
    const plan = destroy(world);
    expect(plan.changes.find(({ id }) => id === 'volume:home_data:vol_x:delete')).toMatchObject({
      title: 'delete volume home_data, 5 GB in ams, with its snapshots',
      impact: ['data-loss'],
    });
    world.apply(plan.changes);
    expect(world.app).toBeNull();
  });

  it('does not care which machine a volume was attached to when that is long gone', () => {
    const world = deployed();
    world.machines = [];
    expect(idsOf(destroy(world))).toContain('volume:home_data:delete');
  });

  it('knows no price of a GPU, and destroys it all the same', () => {
    const plan = destroy(deployed({ gpu: {} }));
    expect(plan.changes.find(({ id }) => id === 'machine:my-sindri-1:delete')?.monthlyCostDelta).toBeNull();
  });
});

describe('keeping the volume', () => {
  it('keeps app and volume, takes machine, addresses and secrets', () => {
    const world = deployed({ secrets: ['A'] });
    world.setSecretValues({
      ...Object.fromEntries(world.secrets.map(({ name, value }) => [name, value])),
      THEIRS: 'x',
    });
    const plan = destroy(world, ['volume'], { secrets: ['A'] });
    expect(idsOf(plan).filter((id) => !id.startsWith('ips:'))).toEqual(['machine:my-sindri-1:delete', 'secrets:unset']);
    expect(plan.changes.find(({ id }) => id === 'secrets:unset')).toMatchObject({
      title: 'unset secrets A, AUTHORIZED_KEYS',
      payload: { kind: 'secrets.set', set: [], unset: ['A', 'AUTHORIZED_KEYS'], mark: false, authorizedKeys: null },
    });
    expect(codesOf(plan)).toContain('FLY_VOLUME_KEPT');
    expect(codesOf(plan)).not.toContain('FLY_DATA_LOSS');
    expect(plan.cost).toMatchObject({ monthlyRunning: 1.5, items: [{ title: 'volume 10 GB', monthly: 1.5 }] });
    world.apply(plan.changes);
    expect(world.secrets.map(({ name }) => name)).toEqual(['SINDRI_ENVIRONMENT', 'THEIRS']);
    expect(world.volumes).toHaveLength(1);
  });

  it('has nothing to do a second time, and still knows the volume', () => {
    const world = deployed();
    world.apply(destroy(world, ['volume']).changes);
    const again = destroy(world, ['volume']);
    expect(again.changes).toEqual([]);
    expect(codesOf(again)).toEqual(['FLY_VOLUME_KEPT']);
    expect(idsOf(destroy(world))).toEqual(['volume:home_data:delete', 'app:delete']);
  });

  it('keeps nothing when there is no volume', () => {
    const world = new FlyWorld();
    world.app = { name: 'my-sindri', organization: 'personal' };
    world.askedForHere = true;
    expect(idsOf(destroy(world, ['volume']))).toEqual(['app:delete']);
  });
});

describe('what is not ours', () => {
  it.each<[string, (world: FlyWorld) => void, string]>([
    [
      'a machine',
      (w) => w.machines.push({ id: 's', name: 'stranger', state: 'started', region: 'sjc', config: {} }),
      'machine stranger (s)',
    ],
    [
      'a volume',
      (w) => w.volumes.push({ id: 'vol_s', name: 'data', state: 'created', region: 'sjc', size_gb: 7 }),
      'volume data (vol_s, 7 GB)',
    ],
  ])('%s keeps the app, its addresses and secrets', (_name, add, text) => {
    const world = deployed();
    add(world);
    const plan = destroy(world);
    expect(idsOf(plan)).toEqual(['machine:my-sindri-1:delete', 'volume:home_data:delete']);
    expect(plan.notes.find(({ code }) => code === 'FLY_APP_KEPT')?.message).toContain(text);
  });

  it('a machine without our mark is not deleted, nor its volume', () => {
    const world = deployed();
    const metadata = world.machine().config?.metadata as Record<string, string>;
    delete metadata['sindri_env'];
    const plan = destroy(world);
    expect(plan.changes).toEqual([]);
    expect(plan.notes.find(({ code }) => code === 'FLY_APP_KEPT')?.message).toMatch(
      /`sindri destroy --adopt` also deletes machine my-sindri-1/,
    );
  });
});

describe('what could not be read', () => {
  it.each(['machine', 'volume'])('%s: nothing is destroyed blindly', (type) => {
    const observation = deployed().observe(spec());
    for (const resource of observation.resources) {
      if (resource.type === type)
        Object.assign(resource, { status: 'unobserved', reason: 'timed out', data: undefined });
    }
    expect(() => planFly({ spec: spec(), intent: 'destroy', secrets: [] }, observation)).toThrow(
      expect.objectContaining({ code: 'PLAN_UNOBSERVED' }),
    );
  });

  it('addresses and secrets go with the app', () => {
    const observation = deployed().observe(spec());
    for (const resource of observation.resources) {
      if (['ips', 'secrets'].includes(resource.type))
        Object.assign(resource, { status: 'unobserved', data: undefined });
    }
    const plan = planFly({ spec: spec(), intent: 'destroy', secrets: [] }, observation);
    expect(idsOf(plan)).toEqual(['machine:my-sindri-1:delete', 'volume:home_data:delete', 'app:delete']);
  });
});
