import { planFly } from '../../../src/planner/index.js';
import { FlyWorld } from '../support/fly-world.js';
import { codesOf, deploy, idsOf, planOn } from '../support/plans.js';
import { spec } from '../support/specs.js';

/** An app that somebody has made by hand: an address, a secret, a volume under our name, no machine. */
function somebodysApp(): FlyWorld {
  const world = new FlyWorld();
  world.app = { name: 'my-sindri', organization: 'personal' };
  world.ips = [{ ip: '66.241.9.9', region: 'global', shared: false }];
  world.setSecretValues({ STRIPE_KEY: 'x', DATABASE_URL: 'y' });
  world.volumes = [{ id: 'vol_theirs', name: 'home_data', state: 'created', region: 'sjc', size_gb: 10 }];
  return world;
}

/** What flyctl makes of a fly.toml with our mount. */
function flyctlApp(): FlyWorld {
  const world = new FlyWorld();
  deploy(world, spec());
  world.machine().config = {
    ...world.machine().config,
    metadata: { fly_platform_version: 'v2', fly_process_group: 'app', fly_flyctl_version: '0.3.0' },
  };
  world.setSecretValues({ AUTHORIZED_KEYS: 'ssh-ed25519 AAAA theirs' });
  return world;
}

const refused = (parts: RegExp) =>
  expect.objectContaining({
    code: 'FLY_APP_NOT_OURS',
    kind: 'refused',
    message: expect.stringMatching(parts) as string,
  }) as Error;

describe('an app that nothing shows to be ours', () => {
  it.each(['deploy', 'destroy'] as const)(
    'stays as it is: %s names what was found, and how to take it over',
    (intent) => {
      const plan = (): unknown => planOn(somebodysApp(), spec(), { intent });
      expect(plan).toThrow(
        refused(/volume home_data \(vol_theirs, 10 GB\); address 66\.241\.9\.9; secrets DATABASE_URL, STRIPE_KEY/),
      );
      expect(plan).toThrow(
        expect.objectContaining({ hint: expect.stringContaining(`sindri ${intent} --adopt`) as string }),
      );
    },
  );

  it("is refused although it is empty: an empty app is somebody's, too", () => {
    const world = new FlyWorld();
    world.app = { name: 'my-sindri', organization: 'personal' };
    expect(() => planOn(world, spec())).toThrow(refused(/It is empty/));
  });

  it('with a machine of flyctl is taken over on a clear word only', () => {
    expect(() => planOn(flyctlApp(), spec())).toThrow(refused(/made by flyctl 0\.3\.0/));
    const world = flyctlApp();
    const plan = planOn(world, spec(), { adopt: true });
    expect(plan.changes.filter(({ action }) => action === 'adopt').map(({ id }) => id)).toEqual([
      'machine:my-sindri-1:adopt',
    ]);
    world.apply(plan.changes);
    expect(planOn(world, spec()).changes).toEqual([]);
  });

  it('is marked first when it is taken over, and ours from then on', () => {
    const world = somebodysApp();
    const plan = planOn(world, spec(), { adopt: true });
    expect(plan.changes.find(({ action }) => action === 'adopt')).toMatchObject({
      id: 'app:adopt',
      title: expect.stringContaining('volume home_data (vol_theirs, 10 GB)') as string,
      dependsOn: [],
    });
    for (const { id, dependsOn } of plan.changes) if (id !== 'app:adopt') expect(dependsOn).toContain('app:adopt');
    expect(codesOf(plan)).toContain('FLY_VOLUME_REUSED');
    world.apply(plan.changes);
    expect(world.secrets.map(({ name }) => name).sort()).toEqual([
      'AUTHORIZED_KEYS',
      'DATABASE_URL',
      'SINDRI_ENVIRONMENT',
      'STRIPE_KEY',
    ]);
    expect(planOn(world, spec()).changes).toEqual([]);
  });

  it('is deleted on a clear word, each secret by name', () => {
    const world = somebodysApp();
    const plan = planOn(world, spec(), { intent: 'destroy', adopt: true });
    const app = plan.changes.find(({ id }) => id === 'app:delete');
    expect(app?.title).toBe('delete app my-sindri, with secrets DATABASE_URL, STRIPE_KEY');
    expect(app?.differences).toContainEqual({ field: 'secrets.STRIPE_KEY', from: 'set', to: null });
    world.apply(plan.changes);
    expect(world.app).toBeNull();
  });

  it('keeps what has other names even then', () => {
    const world = somebodysApp();
    world.volumes.push({ id: 'vol_db', name: 'pgdata', state: 'created', region: 'sjc', size_gb: 50 });
    const plan = planOn(world, spec(), { intent: 'destroy', adopt: true });
    expect(idsOf(plan)).toEqual(['volume:home_data:delete']);
    expect(codesOf(plan)).toContain('FLY_APP_KEPT');
  });

  it('does not have its volume extended', () => {
    expect(() => planOn(somebodysApp(), spec(), { intent: 'volume.extend', sizeGb: 20 })).toThrow(refused(/home_data/));
  });

  it('may be ours as long as its secrets could not be read', () => {
    const world = somebodysApp();
    const observation = world.observe(spec());
    for (const resource of observation.resources) {
      if (resource.type === 'secrets')
        Object.assign(resource, { status: 'unobserved', data: undefined, reason: 'timeout' });
    }
    expect(() => planFly({ spec: spec(), intent: 'destroy', secrets: [] }, observation)).toThrow(
      expect.objectContaining({ code: 'PLAN_UNOBSERVED' }),
    );
  });
});

describe('what shows that an app is ours', () => {
  it('is no note of this computer once somebody has put something into the app', () => {
    const world = somebodysApp();
    world.askedForHere = true;
    expect(() => planOn(world, spec(), { intent: 'destroy' })).toThrow(refused(/STRIPE_KEY/));
  });

  it('is the same for every computer, so that the plan is', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.machines = [];
    const here = planOn(world, spec());
    world.askedForHere = true;
    expect(planOn(world, spec())).toEqual(here);
  });

  it('is the note of this computer until the app carries the mark', () => {
    const world = new FlyWorld();
    world.app = { name: 'my-sindri', organization: 'personal' };
    world.askedForHere = true;
    expect(planOn(world, spec()).changes.find(({ id }) => id === 'secrets:set')).toMatchObject({
      payload: { mark: true },
    });
    deploy(world, spec());
    expect(world.askedForHere).toBe(false);
    expect(planOn(world, spec()).changes).toEqual([]);
  });

  it('of an earlier version is the machine, and stays true when that is destroyed and the volume kept', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.setSecretValues({ AUTHORIZED_KEYS: world.secrets[0]?.value ?? '' });
    expect(planOn(world, spec()).changes).toEqual([]);
    const plan = planOn(world, spec(), { intent: 'destroy', keep: ['volume'] });
    expect(plan.changes.find(({ id }) => id === 'secrets:unset')?.title).toBe(
      'unset secret AUTHORIZED_KEYS; set secret SINDRI_ENVIRONMENT',
    );
    world.apply(plan.changes);
    expect(planOn(world, spec(), { intent: 'destroy', keep: ['volume'] }).changes).toEqual([]);
    expect(idsOf(planOn(world, spec(), { intent: 'destroy' }))).toEqual(['volume:home_data:delete', 'app:delete']);
  });
});
