import type { FlySpec } from '../../../src/model.js';
import { FlyWorld, secret } from '../support/fly-world.js';
import { deploy, idsOf, planOn } from '../support/plans.js';
import { seedSamples, spec } from '../support/specs.js';

const variants: Record<string, FlySpec> = {
  plain: spec(),
  'more memory': spec({ memoryMb: 4096 }),
  performance: spec({ fly: { cpuKind: 'performance' } }),
  'no auto-stop (swap)': spec({ fly: { autoStopMachines: false } }),
  'no auto-start': spec({ fly: { autoStartMachines: false } }),
  'other port': spec({ fly: { sshPort: 10023 } }),
  'dedicated IPv4': spec({ fly: { dedicatedIpv4: true } }),
  'IPv4 given up': spec({ fly: { dedicatedIpv4: false } }),
  'bigger volume': spec({ sizeGb: 300 }),
  'other retention': spec({ fly: { snapshotRetention: 14 } }),
  'own image': spec({ image: 'registry.example.org:5000/team/dev:1.2' }),
  'pinned image': spec({ image: `ghcr.io/pacphi/sindri@sha256:${'b'.repeat(64)}` }),
  'active extensions': spec({ profile: null, active: ['nodejs', 'python'] }),
  'additional extensions': spec({ additional: ['docker'], autoInstall: false }),
  'own workspace': spec({ path: '/alt/home/developer/src' }),
};

describe('a plan over what was just applied', () => {
  it.each(Object.entries({ ...seedSamples, ...variants }))('is empty: %s', (_name, wanted) => {
    const world = new FlyWorld();
    const first = deploy(world, wanted);
    expect(first.changes.length).toBeGreaterThan(0);
    expect(planOn(world, wanted).changes).toEqual([]);
  });

  it.each(Object.keys(variants))('is empty after going from "%s" to any other wish', (from) => {
    for (const to of Object.keys(variants)) {
      const world = new FlyWorld();
      deploy(world, variants[from] as FlySpec);
      const volumeId = world.volume().id;
      const machineId = world.machine().id;
      deploy(world, variants[to] as FlySpec);
      expect({ to, changes: planOn(world, variants[to] as FlySpec).changes }).toEqual({ to, changes: [] });
      // Whatever changed, neither the home nor the machine was made anew.
      expect(world.volumes.map(({ id }) => id)).toEqual([volumeId]);
      expect(world.machines.map(({ id }) => id)).toEqual([machineId]);
    }
  });

  it.each(['stopped', 'suspended'])('is empty when the machine is %s: deploy does not wake it', (state) => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.machine().state = state;
    expect(planOn(world, spec()).changes).toEqual([]);
  });

  it('is empty after destroy, with and without the volume kept', () => {
    for (const keep of [[], ['volume']]) {
      const world = new FlyWorld();
      deploy(world, spec({ secrets: ['GITHUB_TOKEN'] }), { secrets: [secret('GITHUB_TOKEN')] });
      deploy(world, spec(), { intent: 'destroy', keep });
      expect(planOn(world, spec(), { intent: 'destroy', keep }).changes).toEqual([]);
      expect(world.machines).toEqual([]);
      expect(world.ips).toEqual([]);
      expect(world.volumes).toHaveLength(keep.length);
      expect(world.app === null).toBe(keep.length === 0);
      // Only the mark, by which the volume that is left is known as ours.
      expect(world.secrets.map(({ name }) => name)).toEqual(keep.length === 0 ? [] : ['SINDRI_ENVIRONMENT']);
    }
  });

  it('uses a kept volume again', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    const volumeId = world.volume().id;
    deploy(world, spec(), { intent: 'destroy', keep: ['volume'] });
    const again = deploy(world, spec());
    expect(idsOf(again)).toEqual([
      'secrets:set',
      'ips:v6:create',
      'ips:shared_v4:create',
      'machine:my-sindri-1:create',
    ]);
    expect(world.machine().config?.mounts?.[0]?.volume).toBe(volumeId);
  });

  it('converges from every half-finished first deploy', () => {
    const total = planOn(new FlyWorld(), spec()).changes.length;
    for (let done = 0; done <= total; done += 1) {
      const world = new FlyWorld();
      const first = planOn(world, spec()).changes;
      world.apply(first.slice(0, done).map((change) => ({ ...change, dependsOn: [] })));
      deploy(world, spec());
      expect(planOn(world, spec()).changes).toEqual([]);
      expect([world.volumes.length, world.machines.length, world.ips.length]).toEqual([1, 1, 2]);
    }
  });

  it('is the same plan when made twice, and JSON', () => {
    const world = new FlyWorld();
    const wanted = spec({ secrets: ['GITHUB_TOKEN'] });
    const once = planOn(world, wanted, { secrets: [secret('GITHUB_TOKEN')] });
    expect(planOn(world, wanted, { secrets: [secret('GITHUB_TOKEN')] })).toEqual(once);
    expect(JSON.parse(JSON.stringify(once))).toEqual(once);
  });
});
