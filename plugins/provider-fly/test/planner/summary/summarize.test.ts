import { availability } from '../../../src/connection/availability.js';
import { connectionMethods } from '../../../src/connection/methods/index.js';
import { summarizeFly } from '../../../src/planner/index.js';
import { FlyWorld } from '../support/fly-world.js';
import { deploy, planOn } from '../support/plans.js';
import { spec } from '../support/specs.js';

function deployed(draft: Parameters<typeof spec>[0] = {}): FlyWorld {
  const world = new FlyWorld();
  deploy(world, spec(draft));
  return world;
}

const summary = (world: FlyWorld, draft: Parameters<typeof spec>[0] = {}) =>
  summarizeFly(spec(draft), world.observe(spec(draft)), availability);

const at = (timestamp: number, type: string, status: string, exit?: object) => ({
  type,
  status,
  source: 'flyd',
  timestamp,
  request: exit === undefined ? null : { exit_event: exit },
});

describe('the state of an environment', () => {
  it.each([
    ['created', 'creating'],
    ['starting', 'creating'],
    ['started', 'running'],
    ['stopping', 'stopping'],
    ['stopped', 'stopped'],
    ['suspending', 'suspending'],
    ['suspended', 'suspended'],
    ['replacing', 'creating'],
    ['updating', 'creating'],
    ['restarting', 'creating'],
    ['migrating', 'creating'],
    ['destroying', 'destroying'],
    ['failed', 'failed'],
    ['launch_failed', 'failed'],
    ['dreaming', 'unknown'],
  ])('%s is %s', (state, expected) => {
    const world = deployed();
    world.machine().state = state;
    expect(summary(world)).toMatchObject({ state: expected, platformState: state });
  });

  it('absent without an app, incomplete without a machine', () => {
    expect(summary(new FlyWorld())).toMatchObject({ state: 'absent', platformState: null, addresses: [], cost: null });
    const world = deployed();
    world.machines = [];
    expect(summary(world)).toMatchObject({
      state: 'incomplete',
      stateReason: 'App my-sindri exists with its volume, but has no machine: `sindri deploy` makes it.',
      resources: { memoryMb: null, cpus: null, volumeGb: 10 },
    });
  });

  it('a destroyed machine does not count', () => {
    const world = deployed();
    world.machine().state = 'destroyed';
    expect(summary(world).state).toBe('incomplete');
  });

  it('unknown when the machine could not be read; the app need not be asked for', () => {
    const observation = deployed().observe(spec());
    const unread = (...types: string[]) => ({
      ...observation,
      resources: observation.resources.map((resource) =>
        types.includes(resource.type)
          ? { ...resource, status: 'unobserved' as const, reason: 'It timed out.', data: undefined }
          : resource,
      ),
    });
    expect(summarizeFly(spec(), unread('machine'))).toMatchObject({
      state: 'unknown',
      stateReason: 'The machine could not be read: It timed out.',
    });
    // Whether SSH goes over it is told by the machine.
    expect(summarizeFly(spec(), unread('machine')).addresses).toContainEqual(
      expect.objectContaining({ type: 'external', note: 'shared IPv4, free' }),
    );
    expect(summarizeFly(spec(), unread('app', 'secrets')).state).toBe('running');
    const none = deployed();
    none.machines = [];
    const bare = none.observe(spec());
    bare.resources = bare.resources.map((resource) =>
      resource.type === 'app' ? { ...resource, status: 'unobserved', data: undefined } : resource,
    );
    expect(summarizeFly(spec(), bare).state).toBe('incomplete');
  });

  it.each<[string, Partial<ReturnType<FlyWorld['machine']>>, RegExp | undefined]>([
    ['all is well', {}, undefined],
    [
      'it crashed',
      { state: 'stopped', events: [at(1, 'start', 'started'), at(2, 'exit', 'stopped', { exit_code: 78 })] },
      /exit code 78/,
    ],
    [
      'it ran out of memory',
      { state: 'stopped', events: [at(2, 'exit', 'stopped', { exit_code: 137, oom_killed: true })] },
      /137 \(out of memory\)/,
    ],
    [
      'it was stopped',
      { state: 'stopped', events: [at(1, 'stop', 'stopping'), at(2, 'exit', 'stopped', { exit_code: 0 })] },
      undefined,
    ],
    ['it never started', { state: 'created' }, /never started/],
    ['it failed', { state: 'failed' }, /could not run/],
    [
      'a check fails',
      { checks: [{ name: 'ssh', status: 'critical', output: 'connection refused' }] },
      /ssh fails: connection refused/,
    ],
    ['a check is young', { checks: [{ name: 'ssh', status: 'warning' }] }, undefined],
    ['it is cordoned', { cordoned: true }, /cordoned/],
    ['the host is away', { host_status: 'unreachable' }, /unreachable/],
  ])('%s', (_name, change, reason) => {
    const world = deployed();
    Object.assign(world.machine(), change);
    const { stateReason } = summary(world);
    if (reason === undefined) expect(stateReason).toBeUndefined();
    else expect(stateReason).toMatch(reason);
  });

  it("tells a machine that is not Sindri's yet", () => {
    const world = deployed();
    delete (world.machine().config?.metadata as Record<string, string>)['sindri_env'];
    expect(summary(world)).toMatchObject({ state: 'running', details: { managed: false } });
    expect(summary(world).stateReason).toMatch(/takes it over/);
  });
});

describe('what a destroy has kept', () => {
  const kept = (draft: Parameters<typeof spec>[0] = {}): FlyWorld => {
    const world = deployed(draft);
    world.apply(planOn(world, spec(draft), { intent: 'destroy', keep: ['volume'] }).changes);
    return world;
  };

  it('is absent, with the volume that is left and its price', () => {
    expect(summary(kept({ sizeGb: 30 }))).toMatchObject({
      state: 'absent',
      kept: ['volume home_data, 30 GB'],
      addresses: [],
      instances: [],
      resources: { memoryMb: null, cpus: null, volumeGb: 30 },
      cost: { monthlyRunning: 4.5, monthlyIdle: 4.5 },
    });
    expect(summary(kept())).not.toHaveProperty('stateReason');
  });

  it('is nothing that can be concluded from what could not be read', () => {
    for (const type of ['ips', 'volume']) {
      const observation = kept().observe(spec());
      for (const resource of observation.resources) {
        if (resource.type === type)
          Object.assign(resource, { status: 'unobserved', reason: 'timed out', data: undefined });
      }
      expect(summarizeFly(spec(), observation)).toMatchObject({
        state: 'unknown',
        stateReason: expect.stringContaining('timed out'),
      });
    }
  });

  it("is not somebody else's volume, nor an app alone", () => {
    const observation = kept().observe(spec());
    for (const resource of observation.resources) if (resource.type === 'volume') resource.owned = false;
    expect(summarizeFly(spec(), observation)).toMatchObject({ state: 'incomplete' });
    const bare = new FlyWorld();
    bare.app = { name: 'my-sindri', organization: 'personal' };
    expect(summary(bare)).toMatchObject({ state: 'incomplete' });
  });
});

describe('instances', () => {
  it('are our machines, not others of the app', () => {
    const world = deployed();
    world.machines.push({ id: 's', name: 'stranger', state: 'started', region: 'sjc', config: {} });
    world.machine().state = 'suspended';
    expect(summary(world).instances).toEqual([
      { name: 'my-sindri-1', state: 'suspended', platformState: 'suspended', region: 'sjc' },
    ]);
  });

  it('are all that carry our mark, the one that deploys manage first', () => {
    const world = deployed();
    const { config } = world.machine();
    const metadata = { sindri_env: 'my-sindri' };
    world.machines.push({ id: 'c', name: 'clone', state: 'stopped', region: 'ams', config: { ...config, metadata } });
    expect(summary(world).instances?.map(({ name, state, region }) => [name, state, region])).toEqual([
      ['my-sindri-1', 'running', 'sjc'],
      ['clone', 'stopped', 'ams'],
    ]);
  });

  it('are unknown when the machines could not be read', () => {
    const observation = deployed().observe(spec());
    for (const resource of observation.resources) {
      if (resource.type === 'machine') Object.assign(resource, { status: 'unobserved', data: undefined });
    }
    expect(summarizeFly(spec(), observation)).not.toHaveProperty('instances');
  });
});

describe('connections', () => {
  const states = (world: FlyWorld) =>
    Object.fromEntries((summary(world).connections ?? []).map(({ method, unavailable }) => [method, unavailable]));

  it('speak of every method that the provider declares', () => {
    expect(Object.keys(states(deployed()))).toEqual(connectionMethods.map(({ name }) => name));
  });

  it('say what stands in the way, and the remedy', () => {
    expect(states(deployed())).toEqual({
      direct: null,
      tls: null,
      proxy: null,
      hallpass: null,
      dedicated: expect.stringContaining('`providers.fly.dedicatedIpv4: true`'),
    });
    expect(states(deployed({ fly: { dedicatedIpv4: true } }))).toEqual({
      direct: null,
      dedicated: null,
      tls: null,
      proxy: null,
      hallpass: null,
    });
    const without = deployed();
    without.ips = [];
    expect(states(without)['direct']).toMatch(/no address that carries SSH/);
    expect(states(deployed({ fly: { sshTlsPort: false } }))['tls']).toMatch(/`providers.fly.sshTlsPort: 443`/);
    expect(states(new FlyWorld())['direct']).toMatch(/`sindri deploy` first/);
  });

  it('are unknown when the addresses could not be read', () => {
    const observation = deployed().observe(spec());
    for (const resource of observation.resources) {
      if (resource.type === 'ips') Object.assign(resource, { status: 'unobserved', data: undefined });
    }
    expect(summarizeFly(spec(), observation, availability)).not.toHaveProperty('connections');
  });
});

describe('the rest of a summary', () => {
  it('is what runs, not what the config says', () => {
    const world = deployed({ memoryMb: 4096, sizeGb: 30 });
    world.machine().events = [
      at(Date.UTC(2026, 10, 20, 9), 'start', 'started'),
      at(Date.UTC(2026, 10, 20, 8), 'exit', 'stopped', { requested_stop: true }),
    ];
    const result = summary(world, { cpus: 1 });
    expect(result).toMatchObject({
      environment: 'my-sindri',
      provider: 'fly',
      image: `ghcr.io/pacphi/sindri:3@sha256:${'a'.repeat(64)}`,
      region: 'sjc',
      resources: { memoryMb: 4096, cpus: 2, volumeGb: 30 },
      timestamps: {
        createdAt: '2026-11-20T10:00:01Z',
        startedAt: '2026-11-20T09:00:00.000Z',
        stoppedAt: '2026-11-20T08:00:00.000Z',
        updatedAt: '2026-11-20T10:00:02Z',
      },
      cost: { monthlyRunning: 34.78 },
      details: { app: 'my-sindri', organization: 'personal', machineName: 'my-sindri-1', managed: true },
    });
    expect(result.idleBehaviour).toMatch(/may stop it instead/);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('has every address with what it is good for', () => {
    const world = deployed();
    const [v6, shared] = world.ips.map(({ ip }) => ip);
    world.ips.push({ ip: 'fdaa:0:1::2' });
    expect(summary(world).addresses).toEqual([
      { type: 'ssh', value: 'my-sindri.fly.dev', port: 10022, note: 'over IPv6; IPv4 needs a dedicated address' },
      { type: 'ssh', value: v6, port: 10022, note: 'dedicated IPv6, free' },
      { type: 'external', value: shared, note: 'shared IPv4, free; SSH inside TLS at port 443' },
      { type: 'internal', value: 'fdaa:0:1::2', note: 'private, within the organization' },
      {
        type: 'internal',
        value: `${world.machine().id}.vm.my-sindri.internal`,
        port: 2222,
        note: 'within the organization',
      },
    ]);
  });

  it('shows the port that is open now, and the IPv4 that carries SSH', () => {
    const world = deployed({ fly: { dedicatedIpv4: true } });
    expect(summary(world, { fly: { sshPort: 20022 } }).addresses[0]).toEqual({
      type: 'ssh',
      value: 'my-sindri.fly.dev',
      port: 10022,
      note: 'over IPv6 and IPv4',
    });
    expect(summary(world).cost?.items.at(-1)).toEqual({ title: 'dedicated IPv4', monthly: 2 });
  });

  it('has no idle behaviour without auto-stop', () => {
    expect(summary(deployed({ fly: { autoStopMachines: false } })).idleBehaviour).toBeNull();
  });
});
