import { parse } from 'smol-toml';
import { settle } from '../../../src/planner/desired/desired.js';
import { toFlyToml } from '../../../src/planner/config/fly-toml.js';
import { flyArtifacts } from '../../../src/planner/index.js';
import { flyctlMachineConfig } from '../support/flyctl.js';
import { FlyWorld, asServer } from '../support/fly-world.js';
import { codesOf, deploy, idsOf, planOn } from '../support/plans.js';
import { seedSamples, spec } from '../support/specs.js';

describe('the generated fly.toml', () => {
  it("is the seed's, key by key", () => {
    const document = parse(toFlyToml(settle(spec({ name: 'sindri-prod', memoryMb: 4096, cpus: 2, sizeGb: 30 }))));
    expect(document).toEqual({
      app: 'sindri-prod',
      primary_region: 'sjc',
      build: { image: 'ghcr.io/pacphi/sindri:3' },
      deploy: { strategy: 'rolling', wait_timeout: '10m' },
      env: {
        HOME: '/alt/home/developer',
        WORKSPACE: '/alt/home/developer/workspace',
        DEV_USER: 'developer',
        SSH_PORT: '2222',
        TZ: 'UTC',
        INIT_WORKSPACE: 'true',
        INSTALL_PROFILE: 'fullstack',
        SKIP_AUTO_INSTALL: 'false',
      },
      mounts: [
        {
          source: 'home_data',
          destination: '/alt/home/developer',
          initial_size: '30gb',
          snapshot_retention: 7,
          auto_extend_size_threshold: 80,
          auto_extend_size_increment: '5GB',
          auto_extend_size_limit: '250GB',
        },
      ],
      services: [
        {
          internal_port: 2222,
          protocol: 'tcp',
          auto_stop_machines: 'suspend',
          auto_start_machines: true,
          min_machines_running: 0,
          ports: [{ port: 10022 }, { port: 443, handlers: ['tls'] }],
          tcp_checks: [{ interval: '30s', timeout: '10s', grace_period: '60s' }],
        },
      ],
      vm: [{ cpu_kind: 'shared', cpus: 2, memory_mb: 4096 }],
      checks: { ssh: { type: 'tcp', port: 2222, interval: '30s', timeout: '10s', grace_period: '120s' } },
      restart: [{ policy: 'on-failure', retries: 10 }],
    });
  });

  it('puts swap where flyctl reads it, and only where Fly does not need to suspend', () => {
    const swap = (draft: Parameters<typeof spec>[0]): unknown => parse(toFlyToml(settle(spec(draft))))['swap_size_mb'];
    expect(swap({ memoryMb: 4096 })).toBeUndefined();
    expect(swap({ memoryMb: 2048, fly: { autoStopMachines: false } })).toBe(2048);
    expect(swap({ memoryMb: 16384, cpus: 8, fly: { autoStopMachines: false } })).toBe(8192);
  });

  const samples = {
    ...seedSamples,
    'without auto-stop': spec({ fly: { autoStopMachines: false, autoStartMachines: false } }),
    'other port, many extensions': spec({ profile: null, active: ['a', 'b'], fly: { sshPort: 20022 } }),
    'large volume': spec({ sizeGb: 400 }),
  };

  it.each(Object.entries(samples))('after a fly deploy of it nothing is left to plan: %s', (_name, wanted) => {
    const world = new FlyWorld();
    deploy(world, wanted);
    const machine = world.machine();
    machine.config = asServer(flyctlMachineConfig(toFlyToml(settle(wanted)), machine.config ?? {}));
    expect(planOn(world, wanted).changes).toEqual([]);
  });

  it('a machine that flyctl made from it is adopted without a change of its config', () => {
    const wanted = spec();
    const world = new FlyWorld();
    deploy(world, wanted);
    const machine = world.machine();
    machine.name = 'purple-sun-1234';
    machine.config = asServer(flyctlMachineConfig(toFlyToml(settle(wanted)), { ...machine.config, metadata: {} }));
    const plan = planOn(world, wanted, { adopt: true });
    expect(idsOf(plan)).toEqual(['machine:my-sindri-1:adopt']);
    expect(
      plan.changes[0]?.differences.map(({ field }) => field).filter((field) => !field.startsWith('metadata.')),
    ).toEqual([]);
    expect(codesOf(plan)).toContain('FLY_ADOPTION');
    world.apply(plan.changes);
    expect(planOn(world, wanted).changes).toEqual([]);
    expect(world.machine().name).toBe('purple-sun-1234');
    expect(world.machine().config?.metadata).toMatchObject({ fly_release_version: '7', sindri_env: 'my-sindri' });
  });
});

describe('artifacts', () => {
  it('are a fly.toml and the machine config, both readable', () => {
    const [toml, json] = flyArtifacts(spec({ secrets: ['GITHUB_TOKEN'] }));
    expect(toml).toMatchObject({ name: 'fly.toml', mediaType: 'application/toml' });
    expect(parse(toml?.content ?? '')['app']).toBe('my-sindri');
    expect(json).toMatchObject({ name: 'machine.json', mediaType: 'application/json' });
    const config = JSON.parse(json?.content ?? '') as { metadata: Record<string, string> };
    expect(config.metadata['sindri_secrets']).toBe('AUTHORIZED_KEYS,GITHUB_TOKEN');
  });
});
