import { planFly } from '../../../src/planner/index.js';
import { FlyWorld, secret, ownKey } from '../support/fly-world.js';
import { codesOf, deploy, idsOf, planOn, type FlyPlan } from '../support/plans.js';
import { seedSamples, spec } from '../support/specs.js';

const find = (plan: FlyPlan, id: string): FlyPlan['changes'][number] => {
  const change = plan.changes.find((candidate) => candidate.id === id);
  if (change === undefined) throw new Error(`no ${id} in ${idsOf(plan).join(', ')}`);
  return change;
};
const note = (plan: FlyPlan, code: string): string | undefined =>
  plan.notes.find((candidate) => candidate.code === code)?.message;

describe('a first deploy', () => {
  const plan = planOn(new FlyWorld(), seedSamples['Quick Start'] as never);

  it('marks the app before anything else is in it, then lets independent things go at once', () => {
    expect(Object.fromEntries(plan.changes.map(({ id, dependsOn }) => [id, dependsOn]))).toEqual({
      'app:create': [],
      'secrets:set': ['app:create'],
      'ips:v6:create': ['app:create', 'secrets:set'],
      'ips:shared_v4:create': ['app:create', 'secrets:set'],
      'volume:home_data:create': ['app:create', 'secrets:set'],
      'machine:my-sindri-fly-1:create': [
        'app:create',
        'ips:shared_v4:create',
        'ips:v6:create',
        'secrets:set',
        'volume:home_data:create',
      ],
    });
  });

  it('says so in short, calm words', () => {
    expect(plan.changes.map(({ title }) => title)).toEqual([
      'create app my-sindri-fly in organization personal',
      'set secrets AUTHORIZED_KEYS, SINDRI_ENVIRONMENT',
      'allocate dedicated IPv6 (free)',
      'allocate shared IPv4 (free; does not carry SSH)',
      'create volume home_data, 30 GB in sjc',
      'create machine my-sindri-fly-1, shared-cpu-2x 4 GB in sjc',
    ]);
  });

  it('has its price', () => {
    expect(find(plan, 'volume:home_data:create')).toMatchObject({
      monthlyCostDelta: 4.5,
      impact: ['in-place', 'paid'],
    });
    expect(find(plan, 'machine:my-sindri-fly-1:create')).toMatchObject({
      monthlyCostDelta: 30.28,
      impact: ['in-place', 'paid'],
    });
    expect(find(plan, 'ips:v6:create')).toMatchObject({ monthlyCostDelta: 0, impact: ['in-place'] });
    expect(plan.cost).toMatchObject({ monthlyRunning: 34.78, monthlyIdle: 5.7 });
  });

  it('hands over what apply needs', () => {
    expect(find(plan, 'app:create').payload).toEqual({
      kind: 'app.create',
      name: 'my-sindri-fly',
      organization: 'personal',
    });
    expect(find(plan, 'volume:home_data:create').payload).toEqual({
      kind: 'volume.create',
      name: 'home_data',
      region: 'sjc',
      sizeGb: 30,
      snapshotRetention: 7,
      compute: { cpu_kind: 'shared', cpus: 2, memory_mb: 4096 },
      computeImage: 'ghcr.io/pacphi/sindri:3',
    });
    expect(find(plan, 'machine:my-sindri-fly-1:create').payload).toMatchObject({
      kind: 'machine.create',
      name: 'my-sindri-fly-1',
      region: 'sjc',
      volumeName: 'home_data',
      config: { image: 'ghcr.io/pacphi/sindri:3', metadata: { sindri_env: 'my-sindri-fly' } },
    });
  });

  it('tells what people should know before they say yes', () => {
    expect(codesOf(plan)).toEqual(['FLY_IMAGE_DEFAULT', 'FLY_SSH_KEY', 'FLY_SUSPEND_MEMORY', 'FLY_IPV6_ONLY']);
    expect(note(plan, 'FLY_IMAGE_DEFAULT')).toMatch(/ghcr\.io\/pacphi\/sindri:3 is used, a floating tag/);
    expect(note(plan, 'FLY_SSH_KEY')).toContain('/home/me/.ssh/id_ed25519.pub');
    expect(note(plan, 'FLY_SUSPEND_MEMORY')).toContain('it may stop it instead');
    expect(note(plan, 'FLY_IPV6_ONLY')).toContain('$2.00 a month');
  });

  it('names the same thing as the observation does, so that core can refuse blind changes', () => {
    for (const { id, resource } of plan.changes) {
      expect({ id, resource }).toEqual({
        id,
        resource: {
          type: id.split(':')[0],
          name: { volume: 'home_data', machine: 'my-sindri-fly-1' }[resource.type] ?? 'my-sindri-fly',
        },
      });
    }
  });
});

describe("the seed's other samples", () => {
  it.each(Object.entries(seedSamples))('%s plans', (_name, sample) => {
    expect(idsOf(planOn(new FlyWorld(), sample))).toHaveLength(6);
  });

  it('GPU: with a dated warning, the GPU in the config, and no price', () => {
    const plan = planOn(new FlyWorld(), seedSamples['GPU'] as never);
    expect(note(plan, 'FLY_GPU_WITHDRAWN')).toMatch(/withdrew GPUs on 2026-08-01/);
    expect(find(plan, 'machine:my-sindri-1:create')).toMatchObject({
      title: 'create machine my-sindri-1, a100-pcie-40gb 64 GB in ord',
      monthlyCostDelta: null,
      payload: { config: { guest: { gpu_kind: 'a100-pcie-40gb', gpus: 1, cpus: 16, memory_mb: 65536 } } },
    });
    expect(plan.cost).toBeNull();
  });

  it('a version range: the floating tag, and no pretence of verification', () => {
    const plan = planOn(new FlyWorld(), seedSamples['version resolution'] as never);
    expect(note(plan, 'FLY_IMAGE_UNVERIFIED')).toMatch(
      /\^3\.0\.0 is not looked up in a registry here.*sindri:3 is used.*NOT done/,
    );
    const unasked = spec({ request: { version: '~3.1', verifySignature: false, verifyProvenance: false } });
    expect(codesOf(planOn(new FlyWorld(), unasked))).toContain('FLY_IMAGE_FLOATING');
  });

  it.each([
    ['an open range', { version: '>=3.0.0' }],
    ['pin-to-cli', { version: '>=3', strategy: 'pin-to-cli' as const }],
  ])('%s that nobody has looked up: no other image instead', (_what, request) => {
    expect(() => planOn(new FlyWorld(), spec({ request }))).toThrow(
      expect.objectContaining({ code: 'FLY_IMAGE_VERSION', kind: 'usage' }),
    );
  });

  it('a digest is what goes to Fly, and nothing is remarked', () => {
    const reference = `ghcr.io/pacphi/sindri@sha256:${'a'.repeat(64)}`;
    const plan = planOn(new FlyWorld(), spec({ image: reference }));
    expect(find(plan, 'machine:my-sindri-1:create')).toMatchObject({ payload: { config: { image: reference } } });
    expect(codesOf(plan).filter((code) => code.startsWith('FLY_IMAGE'))).toEqual([]);
  });

  it('an exact image: nothing to remark', () => {
    const codes = codesOf(planOn(new FlyWorld(), seedSamples['image override'] as never));
    expect(codes.filter((code) => code.startsWith('FLY_IMAGE'))).toEqual([]);
  });
});

describe('addresses', () => {
  const ipIds = (plan: FlyPlan) => idsOf(plan).filter((id) => id.startsWith('ips:'));

  it('a dedicated IPv4 is priced, and takes the place of the shared one', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    const shared = world.ips.find((ip) => ip.shared)?.ip as string;
    const plan = planOn(world, spec({ fly: { dedicatedIpv4: true } }));
    expect(ipIds(plan)).toEqual(['ips:v4:create', `ips:${shared}:delete`]);
    expect(find(plan, 'ips:v4:create')).toMatchObject({
      title: 'allocate dedicated IPv4 ($2.00 a month)',
      monthlyCostDelta: 2,
      impact: ['in-place', 'paid'],
    });
    expect(find(plan, `ips:${shared}:delete`).dependsOn).toEqual(['ips:v4:create']);
    // Addresses concern no machine: nothing restarts.
    expect(idsOf(plan).filter((id) => id.startsWith('machine:'))).toEqual([]);
    expect(codesOf(plan)).not.toContain('FLY_IPV6_ONLY');
    expect(plan.cost?.items.at(-1)).toEqual({ title: 'dedicated IPv4', monthly: 2 });
  });

  it('one that nobody asked for stays, and is told with its price', () => {
    const world = new FlyWorld();
    deploy(world, spec({ fly: { dedicatedIpv4: true } }));
    const plan = planOn(world, spec());
    expect(plan.changes).toEqual([]);
    expect(note(plan, 'FLY_IPV4_KEPT')).toMatch(/\$2\.00 a month.*`dedicatedIpv4: false` releases it/);
    expect(plan.cost?.items.at(-1)).toEqual({ title: 'dedicated IPv4', monthly: 2 });
  });

  it('an explicit false releases it, after the shared one is there', () => {
    const world = new FlyWorld();
    deploy(world, spec({ fly: { dedicatedIpv4: true } }));
    const v4 = world.ips.find(({ ip }) => ip.includes('.'))?.ip as string;
    const plan = planOn(world, spec({ fly: { dedicatedIpv4: false } }));
    expect(ipIds(plan)).toEqual(['ips:shared_v4:create', `ips:${v4}:delete`]);
    expect(find(plan, `ips:${v4}:delete`)).toMatchObject({ monthlyCostDelta: -2, dependsOn: ['ips:shared_v4:create'] });
    expect(plan.cost?.items.map(({ title }) => title)).not.toContainEqual(expect.stringContaining('IPv4'));
  });

  it('several are told: the original Sindri bought one with every deploy', () => {
    const world = new FlyWorld();
    deploy(world, spec({ fly: { dedicatedIpv4: true } }));
    world.ips.push({ ip: '137.66.9.9' });
    const plan = planOn(world, spec({ fly: { dedicatedIpv4: true } }));
    expect(plan.changes).toEqual([]);
    expect(note(plan, 'FLY_IPV4_SEVERAL')).toContain('137.66.9.9');
    expect(plan.cost?.items.at(-1)).toEqual({ title: '2 dedicated IPv4', monthly: 4 });
  });
});

describe('the volume', () => {
  it('grows when the config asks for more', () => {
    const world = new FlyWorld();
    deploy(world, spec({ sizeGb: 10 }));
    const plan = planOn(world, spec({ sizeGb: 30 }));
    expect(plan.changes).toEqual([
      expect.objectContaining({
        id: 'volume:home_data:extend',
        title: 'extend volume home_data from 10 GB to 30 GB',
        impact: ['in-place', 'paid'],
        monthlyCostDelta: 3,
        payload: { kind: 'volume.extend', volumeId: world.volume().id, sizeGb: 30 },
      }),
    ]);
  });

  it('is never shrunk; it grows by itself, so that is a remark and no error', () => {
    const world = new FlyWorld();
    deploy(world, spec({ sizeGb: 30 }));
    const plan = planOn(world, spec({ sizeGb: 10 }));
    expect(plan.changes).toEqual([]);
    expect(note(plan, 'FLY_VOLUME_SHRINK')).toMatch(/has 30 GB, the config asks for 10 GB.*keeps its size/);
    expect(plan.cost?.items.at(-1)).toEqual({ title: 'volume 30 GB', monthly: 4.5 });
    expect(codesOf(planOn(world, spec()))).not.toContain('FLY_VOLUME_SHRINK');
  });

  it('that was grown by hand beyond 250 GB does not drag the limit below itself', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.volume().size_gb = 300;
    const plan = planOn(world, spec());
    expect(find(plan, 'machine:my-sindri-1:update').differences[0]).toMatchObject({
      field: 'mounts.size_gb_limit',
      from: 250,
      to: 300,
    });
  });

  it('keeps snapshots as long as asked, one write after the other', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.volume().snapshot_retention = 5;
    const plan = planOn(world, spec({ sizeGb: 20 }));
    expect(find(plan, 'volume:home_data:update')).toMatchObject({
      dependsOn: ['volume:home_data:extend'],
      differences: [{ field: 'snapshot_retention', from: 5, to: 7 }],
    });
  });

  it('has namesakes that are told and left alone', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.volumes.push({ id: 'vol_x', name: 'home_data', state: 'created', region: 'ams', size_gb: 5 });
    const plan = planOn(world, spec());
    expect(plan.changes).toEqual([]);
    expect(note(plan, 'FLY_VOLUME_OTHERS')).toContain('vol_x (5 GB in ams)');
  });
});

describe('the machine', () => {
  const update = (plan: FlyPlan) => find(plan, 'machine:my-sindri-1:update');

  it('is updated in one step, with the difference of the price', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    const plan = planOn(world, spec({ memoryMb: 4096, fly: { sshPort: 10023 } }));
    expect(idsOf(plan)).toEqual(['machine:my-sindri-1:update']);
    expect(update(plan)).toMatchObject({
      action: 'update',
      title: 'update machine my-sindri-1: guest.memory_mb, services.ssh.ports',
      impact: ['restart', 'paid'],
      monthlyCostDelta: 14.31,
      payload: { kind: 'machine.update', instanceId: world.machine().instance_id },
    });
  });

  it('costs less when it gets smaller, which is no payment', () => {
    const world = new FlyWorld();
    deploy(world, spec({ memoryMb: 4096 }));
    expect(update(planOn(world, spec()))).toMatchObject({ impact: ['restart'], monthlyCostDelta: -14.31 });
  });

  it.each([
    ['started', ['restart'], false],
    ['starting', ['restart'], false],
    ['replacing', ['restart'], false],
    ['stopped', ['in-place'], true],
    ['suspended', ['restart'], true],
    ['created', ['in-place'], false],
    ['failed', ['in-place'], false],
  ])('%s: impact %j', (state, impact, isTold) => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.machine().state = state;
    const plan = planOn(world, spec({ profile: 'minimal' }));
    expect(update(plan)).toMatchObject({ impact, payload: { kind: 'machine.update' } });
    expect(codesOf(plan).includes('FLY_MACHINE_ASLEEP')).toBe(isTold);
  });

  it('cordoned: says how to come by a machine that gets connections', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.machine().cordoned = true;
    expect(planOn(world, spec()).notes).toContainEqual(
      expect.objectContaining({
        code: 'FLY_MACHINE_CORDONED',
        message: expect.stringContaining('`sindri destroy --keep-volumes`, then `sindri deploy`'),
      }),
    );
  });

  const exit = (code: number, requested = false) => ({
    type: 'exit',
    status: 'stopped',
    source: 'flyd',
    timestamp: 3,
    request: { exit_event: { exit_code: code, requested_stop: requested, oom_killed: code === 137 } },
  });
  const start = { type: 'start', status: 'started', source: 'flyd', timestamp: 1 };
  const replacing = { type: 'update', status: 'replacing', source: 'user', timestamp: 4 };
  const leftStopped = { type: 'update', status: 'stopped', source: 'flyd', timestamp: 5 };
  const stop = { type: 'stop', status: 'stopping', source: 'proxy', timestamp: 2 };

  it.each([
    ['created', [], 'it has never run'],
    ['failed', [], 'it has never run'],
    ['stopped', [start, exit(1)], 'its main process ended by itself with exit code 1'],
    ['replacing', [replacing], 'an update of it has not ended, and may leave it stopped'],
    ['stopped', [leftStopped], 'an update was interrupted before its start and has left it stopped'],
    ['stopped', [start, exit(137)], 'its main process ended by itself with exit code 137 (out of memory)'],
  ])('%s with %j is started', (state, events, why) => {
    const world = new FlyWorld();
    deploy(world, spec());
    Object.assign(world.machine(), { state, events });
    const plan = planOn(world, spec());
    expect(plan.changes).toMatchObject([
      {
        id: 'machine:my-sindri-1:start',
        action: 'start',
        differences: [{ field: 'state', from: state, to: 'started', why }],
      },
    ]);
    expect(planOn(world, spec({ profile: 'minimal' })).changes).toHaveLength(1);
  });

  it.each([
    ['stopped', [start, stop, exit(0, true)]],
    ['stopped', [start, stop, exit(130)]],
    ['stopped', [start, exit(0, true)]],
    ['stopped', []],
    [
      'stopped',
      [leftStopped, { ...start, timestamp: 6 }, { ...stop, timestamp: 7 }, { ...exit(0, true), timestamp: 8 }],
    ],
    ['suspended', [start]],
    ['started', [start, exit(1)]],
  ])('%s with %j is left as it is', (state, events) => {
    const world = new FlyWorld();
    deploy(world, spec());
    Object.assign(world.machine(), { state, events });
    expect(planOn(world, spec()).changes).toEqual([]);
  });

  it('that is being destroyed gets a successor', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.machine().state = 'destroying';
    const plan = planOn(world, spec());
    expect(idsOf(plan)).toEqual(['machine:my-sindri-1:create']);
    expect(codesOf(plan)).toContain('FLY_MACHINE_DYING');
    // What is known of the keys goes over to it.
    expect(plan.changes[0]?.payload).toMatchObject({ config: { metadata: { sindri_authorized_keys: ownKey } } });
  });

  it('without a volume is made anew, since no update can mount one', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    const machine = world.machine();
    machine.config = { ...machine.config, mounts: [] };
    world.volume().attached_machine_id = null;
    const plan = planOn(world, spec());
    expect(plan.changes).toMatchObject([
      { id: 'machine:my-sindri-1:delete', impact: ['replace', 'restart'], dependsOn: [] },
      {
        id: 'machine:my-sindri-1:create',
        impact: ['replace', 'restart', 'paid'],
        dependsOn: ['machine:my-sindri-1:delete'],
      },
    ]);
    world.apply(plan.changes);
    deploy(world, spec());
    expect(planOn(world, spec()).changes).toEqual([]);
  });

  it('whose host does not answer makes no plan: its config is unknown', () => {
    const world = new FlyWorld();
    deploy(world, spec({ secrets: ['A'] }), { secrets: [secret('A')] });
    Object.assign(world.machine(), {
      host_status: 'unreachable',
      incomplete_config: world.machine().config,
      config: undefined,
    });
    const plan = () => planOn(world, spec({ secrets: ['A'], memoryMb: 4096 }), { secrets: [secret('A', 'new')] });
    expect(plan).toThrow(
      expect.objectContaining({ code: 'PLAN_UNOBSERVED', message: expect.stringContaining('host') }),
    );
  });

  it('that only lost a mark gets it back while it runs', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    delete (world.machine().config?.metadata as Record<string, string>)['fly_process_group'];
    expect(planOn(world, spec()).changes).toMatchObject([
      {
        id: 'machine:my-sindri-1:metadata',
        impact: ['in-place'],
        payload: { kind: 'machine.metadata', metadata: { fly_process_group: 'app' } },
      },
    ]);
  });

  it('of the original Sindri is taken over with its volume', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    const machine = world.machine();
    machine.name = 'quiet-river-42';
    machine.config = {
      ...machine.config,
      env: {
        DEV_USER: 'developer',
        SSH_PORT: '2222',
        TZ: 'UTC',
        INIT_WORKSPACE: 'true',
        INSTALL_PROFILE: 'fullstack',
        SKIP_AUTO_INSTALL: 'false',
        FLY_PROCESS_GROUP: 'app',
        PRIMARY_REGION: 'sjc',
        fly_memory_mb: '2048',
        fly_region: 'sjc',
        MY_OWN: 'precious',
      },
      metadata: { fly_platform_version: 'v2', fly_process_group: 'app', fly_flyctl_version: '0.3.0' },
    };
    expect(() => planOn(world, spec())).toThrow(expect.objectContaining({ code: 'FLY_MACHINE_NOT_OURS' }));
    const plan = planOn(world, spec(), { adopt: true });
    const adopt = find(plan, 'machine:my-sindri-1:adopt');
    expect(adopt).toMatchObject({
      action: 'adopt',
      impact: ['restart'],
      payload: { kind: 'machine.update', name: 'quiet-river-42' },
    });
    const fields = adopt.differences.map(({ field }) => field);
    expect(fields).toEqual(
      expect.arrayContaining(['env.HOME', 'env.WORKSPACE', 'env.fly_memory_mb', 'env.fly_region']),
    );
    expect(note(plan, 'FLY_ADOPTION')).toMatch(/quiet-river-42 was made by flyctl 0\.3\.0/);
    world.apply(plan.changes);
    expect(world.machine().config?.env).toMatchObject({ MY_OWN: 'precious', HOME: '/alt/home/developer' });
    expect(Object.keys(world.machine().config?.env ?? {})).not.toContain('fly_region');
    expect(planOn(world, spec()).changes).toEqual([]);
  });
});

describe('what could not be read', () => {
  const unread = (world: FlyWorld, ...ids: string[]) => {
    const observation = world.observe(spec());
    for (const resource of observation.resources) {
      if (!ids.some((id) => resource.id.startsWith(id))) continue;
      resource.status = 'unobserved';
      resource.reason = 'timed out';
      delete resource.data;
    }
    return () => planFly({ spec: spec(), intent: 'deploy', secrets: [] }, observation);
  };

  it.each(['ips', 'secrets', 'volume'])('%s: nothing is planned for it where the rest is as wanted', (id) => {
    const world = new FlyWorld();
    deploy(world, spec());
    expect(unread(world, id)().changes).toEqual([]);
  });

  it.each(['ips', 'secrets', 'volume'])('%s: no machine is made that would need it', (id) => {
    const world = new FlyWorld();
    world.app = { name: 'my-sindri', organization: 'personal' };
    world.askedForHere = true;
    expect(unread(world, id)).toThrow(expect.objectContaining({ code: 'PLAN_UNOBSERVED', kind: 'incomplete' }));
  });

  it.each(['app', 'machine'])('%s: an empty plan would sound like "all is well"', (id) => {
    const world = new FlyWorld();
    deploy(world, spec());
    expect(unread(world, id)).toThrow(expect.objectContaining({ code: 'PLAN_UNOBSERVED', retryable: true }));
  });

  it('an observation that forgets something is no licence to create it', () => {
    const observation = new FlyWorld().observe(spec());
    observation.resources = observation.resources.filter(({ type }) => type !== 'volume');
    expect(() => planFly({ spec: spec(), intent: 'deploy', secrets: [] }, observation)).toThrow(
      expect.objectContaining({ code: 'PLAN_UNOBSERVED' }),
    );
  });
});

describe('where no step is safe', () => {
  const world = () => {
    const result = new FlyWorld();
    deploy(result, spec());
    return result;
  };
  const attempt =
    (state: FlyWorld, draft: Parameters<typeof spec>[0] = {}) =>
    () =>
      planOn(state, spec(draft));

  it('another region than the volume: nothing is moved, nothing left behind', () => {
    const state = world();
    expect(attempt(state, { fly: { region: 'ams' } })).toThrow(
      expect.objectContaining({
        code: 'FLY_VOLUME_ELSEWHERE',
        kind: 'usage',
        message: expect.stringMatching(/is in sjc, but the config asks for region ams/) as string,
        hint: expect.stringContaining('`providers.fly.region` to sjc') as string,
      }),
    );
    state.machines = [];
    state.volume().attached_machine_id = null;
    expect(attempt(state, { fly: { region: 'ams' } })).toThrow(
      expect.objectContaining({ code: 'FLY_VOLUME_ELSEWHERE' }),
    );
  });

  it('but a config that names no region leaves the environment where it is', () => {
    const state = new FlyWorld();
    deploy(state, spec({ fly: { region: 'ams' } }));
    const silent = planOn(state, spec());
    expect(silent.changes).toEqual([]);
    expect(silent.cost?.items[0]?.title).toContain('in ams');
  });

  it('a build from source: another image would be a pretence', () => {
    expect(attempt(new FlyWorld(), { source: 'main' })).toThrow(
      expect.objectContaining({ code: 'FLY_SOURCE_BUILD', kind: 'usage' }),
    );
    expect(planOn(world(), spec({ source: 'main' }), { intent: 'destroy' }).changes).not.toEqual([]);
  });

  it('a mounted volume that the list does not show', () => {
    const state = world();
    state.volumes = [];
    expect(attempt(state)).toThrow(
      expect.objectContaining({ code: 'FLY_VOLUME_MISSING', kind: 'incomplete', retryable: true }),
    );
  });

  it('another volume under the machine', () => {
    const state = world();
    state.volumes[0] = { ...state.volume(), id: 'vol_other', attached_machine_id: null };
    expect(attempt(state)).toThrow(expect.objectContaining({ code: 'FLY_VOLUME_MISMATCH', kind: 'refused' }));
  });

  it('a machine elsewhere with a mount nobody can place', () => {
    const state = world();
    const machine = state.machine();
    machine.region = 'ams';
    machine.config = { ...machine.config, mounts: [{ path: '/alt/home/developer' }] };
    expect(attempt(state)).toThrow(expect.objectContaining({ code: 'FLY_REGION_CHANGE', kind: 'usage' }));
  });

  it("our machine's name on a stranger", () => {
    const state = new FlyWorld();
    state.app = { name: 'my-sindri', organization: 'personal' };
    state.setMark();
    state.machines = [{ id: 's', name: 'my-sindri-1', state: 'started', region: 'sjc', config: {} }];
    expect(attempt(state)).toThrow(expect.objectContaining({ code: 'FLY_MACHINE_NAME_TAKEN', kind: 'refused' }));
  });

  it('our volume under a stranger', () => {
    const state = world();
    state.machine().config = { metadata: { sindri_env: 'another' }, mounts: state.machine().config?.mounts };
    state.machine().name = 'stranger';
    expect(attempt(state)).toThrow(expect.objectContaining({ code: 'FLY_VOLUME_IN_USE', kind: 'refused' }));
  });
});

describe('strangers in the app', () => {
  it('are told and left alone', () => {
    const world = new FlyWorld();
    deploy(world, spec());
    world.machines.push({ id: 's', name: 'stranger', state: 'started', region: 'sjc', config: {} });
    const plan = planOn(world, spec());
    expect(plan.changes).toEqual([]);
    expect(note(plan, 'FLY_FOREIGN_MACHINES')).toContain('stranger (s)');
  });
});

describe('a volume that is there without a machine', () => {
  it('is used again, and the plan says so', () => {
    const world = new FlyWorld();
    deploy(world, spec({ sizeGb: 30 }));
    const volumeId = world.volume().id;
    world.apply(planOn(world, spec(), { intent: 'destroy', keep: ['volume'] }).changes);
    const plan = planOn(world, spec({ sizeGb: 30 }));
    expect(idsOf(plan)).not.toContain('volume:home_data:create');
    expect(note(plan, 'FLY_VOLUME_REUSED')).toContain(`home_data (${volumeId}, 30 GB in sjc)`);
    world.apply(plan.changes);
    expect(world.volumes.map(({ id }) => id)).toEqual([volumeId]);
    expect(codesOf(planOn(world, spec({ sizeGb: 30 })))).not.toContain('FLY_VOLUME_REUSED');
  });

  it('that is larger than the config says keeps its size', () => {
    const world = new FlyWorld();
    deploy(world, spec({ sizeGb: 30 }));
    world.volume().size_gb = 50;
    const plan = planOn(world, spec({ sizeGb: 30 }));
    expect(plan.changes).toEqual([]);
    expect(note(plan, 'FLY_VOLUME_SHRINK')).toMatch(/has 50 GB, the config asks for 30 GB/);
  });
});

describe('where something can be made', () => {
  const regions = [
    { code: 'sjc', name: 'San Jose', deprecated: false },
    { code: 'bom', name: 'Mumbai', deprecated: true },
    { code: 'new', name: 'New Town', deprecated: false },
  ];
  const planIn = (world: FlyWorld, region: string, intent: 'deploy' | 'destroy' = 'deploy') => {
    const wanted = spec({ fly: { region } });
    const observation = world.observe(wanted);
    observation.facts.regions = regions;
    return planFly({ spec: wanted, intent, secrets: [] }, observation);
  };

  it('is what Fly itself lists, whatever the built-in table says', () => {
    expect(idsOf(planIn(new FlyWorld(), 'new'))).toContain('machine:my-sindri-1:create');
  });

  it.each([
    ['zzz', /no region zzz/, 'usage'],
    ['bom', /giving up region bom \(Mumbai\): nothing new/, 'usage'],
  ])('is not %s', (region, message, kind) => {
    expect(() => planIn(new FlyWorld(), region)).toThrow(
      expect.objectContaining({
        code: 'FLY_REGION_UNKNOWN',
        kind,
        message: expect.stringMatching(message),
        hint: expect.stringContaining('`providers.fly.region` or FLY_REGION may be'),
      }),
    );
  });

  it('does not matter to what exists already, nor to a destroy', () => {
    const world = new FlyWorld();
    deploy(world, spec({ fly: { region: 'bom' } }));
    expect(planIn(world, 'bom').changes).toEqual([]);
    expect(idsOf(planIn(world, 'bom', 'destroy'))).toContain('app:delete');
  });
});

describe('another organization than the app is in', () => {
  const world = new FlyWorld();
  deploy(world, spec({ fly: { organization: 'acme' } }));
  const other = spec({ fly: { organization: 'other' } });

  it('refuses a deploy', () => {
    expect(() => planOn(world, other)).toThrow(
      expect.objectContaining({
        code: 'FLY_APP_IN_OTHER_ORGANIZATION',
        kind: 'refused',
        details: { app: 'my-sindri', organization: 'acme', asked: 'other' },
      }),
    );
  });

  it('is no reason not to remove or to grow what exists', () => {
    expect(idsOf(planOn(world, other, { intent: 'destroy' }))).toContain('app:delete');
    expect(idsOf(planOn(world, other, { intent: 'volume.extend', sizeGb: 20 }))).toEqual(['volume:home_data:extend']);
  });

  it('counts only when the config names it', () => {
    const byEnvironment = world.observe(spec());
    byEnvironment.facts.defaults = { organization: 'other', region: null };
    expect(planFly({ spec: spec(), intent: 'deploy', secrets: [] }, byEnvironment).changes).toEqual([]);
    expect(planOn(world, spec({ fly: { organization: 'personal' } })).changes).toEqual([]);
  });
});

describe('a port for SSH inside TLS that somebody else has', () => {
  const world = new FlyWorld();
  deploy(world, spec({ fly: { sshTlsPort: false } }));
  (world.machine().config?.services as object[]).push({
    protocol: 'tcp',
    internal_port: 8080,
    ports: [{ port: 443, handlers: ['tls', 'http'] }],
  });

  it('is left to them when it is the default, and refused when the config names it', () => {
    const plan = planOn(world, spec({ memoryMb: 4096 }));
    expect(note(plan, 'FLY_TLS_PORT_TAKEN')).toContain('Port 443');
    expect(JSON.stringify(plan.changes)).not.toContain('services.ssh.ports');
    expect(() => planOn(world, spec({ fly: { sshTlsPort: 443 } }))).toThrow(
      expect.objectContaining({ code: 'FLY_TLS_PORT_TAKEN', kind: 'usage' }),
    );
    expect(idsOf(planOn(world, spec({ fly: { sshTlsPort: 8443 } })))).toEqual(['machine:my-sindri-1:update']);
  });

  it('is theirs too when it is that of another machine of the app', () => {
    const observation = new FlyWorld().observe(spec());
    const web = { id: '2', name: 'web', state: 'started', ports: [{ start: 400, end: 500 }] };
    observation.facts.foreignMachines = [web];
    const plan = planFly({ spec: spec(), intent: 'deploy', secrets: [] }, observation);
    expect(note(plan, 'FLY_TLS_PORT_TAKEN')).toContain('machine web');
  });
});
