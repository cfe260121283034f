import { planFly } from '../../../src/planner/index.js';
import { FlyWorld } from '../support/fly-world.js';
import { codesOf, deploy, idsOf, planOn } from '../support/plans.js';
import { spec } from '../support/specs.js';

function deployed(sizeGb = 10): FlyWorld {
  const world = new FlyWorld();
  deploy(world, spec({ sizeGb }));
  return world;
}

const extend = (world: FlyWorld, sizeGb: number, volume?: string) =>
  planOn(world, spec({ sizeGb: 10 }), { intent: 'volume.extend', sizeGb, volume });

describe('extending the volume', () => {
  it('is one change that keeps the machine running, with what it costs', () => {
    const world = deployed();
    const plan = extend(world, 30);
    expect(plan.changes).toEqual([
      {
        id: 'volume:home_data:extend',
        action: 'update',
        resource: { type: 'volume', name: 'home_data' },
        title: 'extend volume home_data from 10 GB to 30 GB',
        differences: [{ field: 'size_gb', from: 10, to: 30 }],
        impact: ['in-place', 'paid'],
        monthlyCostDelta: 3,
        dependsOn: [],
        payload: { kind: 'volume.extend', volumeId: world.volume().id, sizeGb: 30 },
      },
    ]);
    expect(plan.cost?.items).toContainEqual({ title: 'volume 30 GB', monthly: 4.5 });
    expect(plan.cost?.items[0]?.title).toMatch(/^machine /);
    expect(codesOf(plan)).toEqual(['FLY_VOLUME_SEEN_LATER', 'FLY_VOLUME_BEYOND_CONFIG']);
  });

  it('is done after it was applied, and a deploy leaves it so', () => {
    const world = deployed();
    world.apply(extend(world, 30).changes);
    expect(extend(world, 30)).toMatchObject({ changes: [], notes: [] });
    const next = planOn(world, spec({ sizeGb: 10 }));
    expect(next.changes).toEqual([]);
    expect(codesOf(next)).toContain('FLY_VOLUME_SHRINK');
  });

  it('says nothing of a restart while the machine does not run', () => {
    const world = deployed(40);
    world.machine().state = 'stopped';
    expect(codesOf(planOn(world, spec({ sizeGb: 100 }), { intent: 'volume.extend', sizeGb: 50 }))).toEqual([]);
  });

  it('works on a volume that was kept, and takes its name', () => {
    const world = deployed();
    world.apply(planOn(world, spec(), { intent: 'destroy', keep: ['volume'] }).changes);
    expect(idsOf(extend(world, 20, 'home_data'))).toEqual(['volume:home_data:extend']);
  });

  it.each<[string, number, string | undefined, object]>([
    ['smaller', 5, undefined, { code: 'FLY_VOLUME_SHRINK', kind: 'usage', message: expect.stringContaining('10 GB') }],
    ['a fraction', 12.5, undefined, { code: 'FLY_VOLUME_SIZE', kind: 'usage', hint: expect.stringContaining('13GB') }],
    ['more than Fly makes', 501, undefined, { code: 'FLY_VOLUME_SIZE', hint: expect.stringContaining('500GB') }],
    ['another name', 20, 'data', { code: 'FLY_NO_VOLUME', kind: 'usage', hint: expect.stringContaining('home_data') }],
  ])('refuses %s', (_name, sizeGb, volume, error) => {
    expect(() => extend(deployed(), sizeGb, volume)).toThrow(expect.objectContaining(error));
  });

  it('refuses where there is no volume', () => {
    expect(() => extend(new FlyWorld(), 20)).toThrow(
      expect.objectContaining({
        code: 'FLY_NO_VOLUME',
        kind: 'refused',
        hint: expect.stringContaining('sindri deploy'),
      }),
    );
  });

  it("refuses a volume that somebody else's machine uses", () => {
    const world = deployed();
    const observation = world.observe(spec());
    for (const resource of observation.resources) if (resource.type === 'volume') resource.owned = false;
    expect(() => planFly({ spec: spec(), intent: 'volume.extend', sizeGb: 20, secrets: [] }, observation)).toThrow(
      expect.objectContaining({ code: 'FLY_VOLUME_IN_USE' }),
    );
  });

  it('does not guess what it could not read', () => {
    const observation = deployed().observe(spec());
    for (const resource of observation.resources) {
      if (resource.type === 'volume')
        Object.assign(resource, { status: 'unobserved', reason: 'timed out', data: undefined });
    }
    expect(() => planFly({ spec: spec(), intent: 'volume.extend', sizeGb: 20, secrets: [] }, observation)).toThrow(
      expect.objectContaining({ code: 'PLAN_UNOBSERVED', kind: 'incomplete' }),
    );
  });
});
