import { settle } from '../../../src/planner/desired/desired.js';
import { completeMachineConfig } from '../../../src/planner/index.js';
import { keptValue } from '../../../src/planner/config/kept-values.js';
import { settingsHash, toMachineConfig } from '../../../src/planner/config/machine-config.js';
import { spec } from '../support/specs.js';

const quickStart = spec({ name: 'my-sindri-fly', memoryMb: 4096, cpus: 2, sizeGb: 30 });

describe('the machine config', () => {
  it('is what flyctl would send for the seed, with our marks', () => {
    const times = { interval: '30s', timeout: '10s', grace_period: '120s' };
    expect(toMachineConfig(settle(quickStart), ['AUTHORIZED_KEYS'])).toEqual({
      image: 'ghcr.io/pacphi/sindri:3',
      guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 4096 },
      init: {},
      env: {
        HOME: '/alt/home/developer',
        WORKSPACE: '/alt/home/developer/workspace',
        DEV_USER: 'developer',
        SSH_PORT: '2222',
        TZ: 'UTC',
        INIT_WORKSPACE: 'true',
        INSTALL_PROFILE: 'fullstack',
        SKIP_AUTO_INSTALL: 'false',
        FLY_PROCESS_GROUP: 'app',
        PRIMARY_REGION: 'sjc',
      },
      mounts: [
        {
          name: 'home_data',
          path: '/alt/home/developer',
          extend_threshold_percent: 80,
          add_size_gb: 5,
          size_gb_limit: 250,
        },
      ],
      services: [
        {
          protocol: 'tcp',
          internal_port: 2222,
          autostop: 'suspend',
          autostart: true,
          min_machines_running: 0,
          ports: [{ port: 10022 }, { port: 443, handlers: ['tls'] }],
          checks: [{ type: 'tcp', ...times, grace_period: '60s' }],
        },
      ],
      checks: { ssh: { type: 'tcp', port: 2222, ...times } },
      restart: { policy: 'on-failure', max_retries: 10 },
      metadata: {
        fly_platform_version: 'v2',
        fly_process_group: 'app',
        sindri_env: 'my-sindri-fly',
        sindri_spec_hash: settingsHash(settle(quickStart)),
        sindri_secrets: 'AUTHORIZED_KEYS',
      },
    });
  });

  it.each([
    ['profile', { profile: 'minimal' }, { INSTALL_PROFILE: 'minimal' }],
    ['active', { profile: null, active: ['nodejs', 'python'] }, { CUSTOM_EXTENSIONS: 'nodejs,python' }],
    ['additional', { additional: ['docker', 'gh'] }, { ADDITIONAL_EXTENSIONS: 'docker,gh' }],
    ['no auto-install', { autoInstall: false }, { SKIP_AUTO_INSTALL: 'true' }],
    ['workspace', { path: '/alt/home/developer/src' }, { WORKSPACE: '/alt/home/developer/src' }],
    ['workspace off the volume', { path: '/workspace' }, { WORKSPACE: '/alt/home/developer/workspace' }],
    ['workspace that climbs out', { path: '/alt/home/developer/../x' }, { WORKSPACE: '/alt/home/developer/workspace' }],
  ])('environment: %s', (_name, draft, expected) => {
    expect(toMachineConfig(settle(spec(draft)), [])['env']).toMatchObject(expected);
  });

  it('leaves out what the config does not say', () => {
    const env = toMachineConfig(settle(spec({ profile: null })), [])['env'] as object;
    for (const name of ['INSTALL_PROFILE', 'CUSTOM_EXTENSIONS', 'ADDITIONAL_EXTENSIONS']) {
      expect(env).not.toHaveProperty(name);
    }
  });

  it('carries a GPU as the platform knows it', () => {
    expect(toMachineConfig(settle(spec({ gpu: { tier: 'gpu-xlarge' } })), [])['guest']).toEqual({
      cpu_kind: 'performance',
      cpus: 32,
      memory_mb: 131072,
      gpu_kind: 'a100-sxm4-80gb',
      gpus: 1,
    });
  });

  it('lets the volume grow at least to the size that was asked for', () => {
    expect(toMachineConfig(settle(spec({ sizeGb: 400 })), [])['mounts']).toMatchObject([{ size_gb_limit: 400 }]);
  });
});

describe('completing a planned config', () => {
  const planned = toMachineConfig(settle(quickStart), ['AUTHORIZED_KEYS']);

  it('fills in volume, launch id and secret marks', () => {
    const config = completeMachineConfig(planned, {
      volumeId: 'vol_1',
      launchId: 'launch',
      secrets: { hash: 'h', digest: 'd', keys: { lines: ['ssh-ed25519 A', 'ssh-ed25519 B'], digest: 'k' } },
    });
    expect(config['mounts']).toMatchObject([{ volume: 'vol_1', name: 'home_data' }]);
    expect(config['metadata']).toMatchObject({
      sindri_launch_id: 'launch',
      sindri_secrets_hash: 'h',
      sindri_secrets_digest: 'd',
      sindri_authorized_keys: 'ssh-ed25519 A\nssh-ed25519 B',
      sindri_keys_digest: 'k',
    });
  });

  it('keeps what is known of the keys while they are left alone, and leaves marks alone when no secrets were set', () => {
    const before = completeMachineConfig(planned, {
      secrets: { hash: 'h', digest: 'd', keys: { lines: ['ssh-ed25519 A'], digest: 'k' } },
    });
    const after = completeMachineConfig(before, { secrets: { hash: 'i', digest: 'e', keys: null } });
    expect(after['metadata']).toMatchObject({ sindri_authorized_keys: 'ssh-ed25519 A', sindri_keys_digest: 'k' });
    expect(completeMachineConfig(after, { launchId: 'x' })['metadata']).toMatchObject({ sindri_secrets_hash: 'i' });
  });

  it('puts withheld values back, and drops those that are gone', () => {
    const config = completeMachineConfig(
      { env: { A: keptValue, B: 'ours', GONE: keptValue }, files: [{ guest_path: '/x', raw_value: keptValue }] },
      { live: { env: { A: 'theirs', B: 'old' }, files: [{ guest_path: '/x', raw_value: 'YQ==' }] } },
    );
    expect(config).toEqual({
      env: { A: 'theirs', B: 'ours' },
      files: [{ guest_path: '/x', raw_value: 'YQ==' }],
      metadata: {},
    });
  });
});
