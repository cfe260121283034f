import type { WireMachine } from '../../../src/api/types.js';
import { settle } from '../../../src/planner/desired/desired.js';
import { toMachineData } from '../../../src/planner/index.js';
import { keptValue } from '../../../src/planner/config/kept-values.js';
import { diffMachine, dropLeakedVariables, type MachineDiff } from '../../../src/planner/config/machine-diff.js';
import { toMachineConfig } from '../../../src/planner/config/machine-config.js';
import { asServer } from '../support/fly-world.js';
import { spec, type SpecDraft } from '../support/specs.js';

type JsonMap = Record<string, unknown>;

/** A live machine as a deploy of `draft` has left it, then changed by `edit`. */
function live(draft: SpecDraft, edit: (config: JsonMap, machine: WireMachine) => void = () => undefined): WireMachine {
  const config = asServer(toMachineConfig(settle(spec(draft)), ['AUTHORIZED_KEYS']));
  config.mounts = config.mounts?.map((mount) => ({ volume: 'vol_1', ...mount }));
  const machine: WireMachine = { id: '1', name: 'my-sindri-1', state: 'started', region: 'sjc', config };
  edit(config, machine);
  return machine;
}

function diff(machine: WireMachine, draft: SpecDraft = {}) {
  const data = toMachineData(machine);
  return diffMachine(settle(spec(draft)), data, data.config ?? {}, ['AUTHORIZED_KEYS']);
}

const fields = (machine: WireMachine, draft: SpecDraft = {}): string[] =>
  diff(machine, draft).settings.map(({ field }) => field);

describe('spellings of the same', () => {
  const service = (config: JsonMap): JsonMap => (config['services'] as JsonMap[])[0] as JsonMap;
  const check = (config: JsonMap): JsonMap => (config['checks'] as Record<string, JsonMap>)['ssh'] as JsonMap;

  it.each<[string, SpecDraft, (config: JsonMap) => void]>([
    ['nothing touched', {}, () => undefined],
    ['autostop off as a word', { fly: { autoStopMachines: false } }, (c) => (service(c)['autostop'] = 'off')],
    ['autostop absent', { fly: { autoStopMachines: false } }, (c) => delete service(c)['autostop']],
    ['autostart false left out', { fly: { autoStartMachines: false } }, (c) => delete service(c)['autostart']],
    ['min_machines_running left out', {}, (c) => delete service(c)['min_machines_running']],
    ['ports without handlers key', {}, (c) => (service(c)['ports'] = [{ port: 10022 }])],
    ['a port as a range of one', {}, (c) => (service(c)['ports'] = [{ start_port: 10022, end_port: 10022 }])],
    ['a protocol left out', {}, (c) => delete service(c)['protocol']],
    ['durations in nanoseconds', {}, (c) => Object.assign(check(c), { interval: 3e10, grace_period: 12e10 })],
    ['durations in another unit', {}, (c) => Object.assign(check(c), { grace_period: '120000ms', timeout: '0h0m10s' })],
    ['restart policy left out', {}, (c) => delete c['restart']],
    ['retries left out', {}, (c) => (c['restart'] = { policy: 'on-failure' })],
    ['no GPU said as empty', {}, (c) => Object.assign(c['guest'] as object, { gpu_kind: '', gpus: 0 })],
    ['no swap said as null', {}, (c) => (c['init'] = { swap_size_mb: null })],
    ['init left out', {}, (c) => delete c['init']],
    ['a mount without name', {}, (c) => delete (c['mounts'] as JsonMap[])[0]?.['name']],
    ['an image with its digest', {}, (c) => (c['image'] = `ghcr.io/pacphi/sindri:3@sha256:${'a'.repeat(64)}`)],
    [
      'fields nobody knows',
      {},
      (c) => Object.assign(c, { dns: { nameservers: ['1.1.1.1'] }, cache_drive: { size_mb: 1 } }),
    ],
    ['a variable of somebody else', {}, (c) => Object.assign(c['env'] as object, { MINE: 'x' })],
    ['a second check', {}, (c) => Object.assign(c['checks'] as object, { web: { type: 'http', port: 80 } })],
    ['a second service', {}, (c) => (c['services'] as JsonMap[]).unshift({ protocol: 'tcp', internal_port: 8080 })],
    ['a TLS port beside', {}, (c) => (service(c)['ports'] as JsonMap[]).push({ port: 10443, handlers: ['tls'] })],
  ])('%s', (_name, draft, edit) => {
    const result = diff(live(draft, edit), draft);
    expect(result.settings).toEqual([]);
    expect(result.metadata).toEqual([]);
  });
});

describe('differences', () => {
  it.each<[string, SpecDraft, string[]]>([
    ['memory', { memoryMb: 4096 }, ['guest.memory_mb']],
    ['CPUs', { cpus: 4, memoryMb: 2048 }, ['guest.cpus']],
    ['CPU kind', { fly: { cpuKind: 'performance' } }, ['guest.cpu_kind', 'guest.memory_mb']],
    ['image', { image: 'ghcr.io/pacphi/sindri:3.1.3' }, ['image']],
    ['port', { fly: { sshPort: 10023 } }, ['services.ssh.ports']],
    ['auto-start', { fly: { autoStartMachines: false } }, ['services.ssh.autostart']],
    ['auto-stop and swap', { fly: { autoStopMachines: false } }, ['init.swap_size_mb', 'services.ssh.autostop']],
    ['profile', { profile: 'minimal' }, ['env.INSTALL_PROFILE']],
    ['profile to list', { profile: null, active: ['a'] }, ['env.CUSTOM_EXTENSIONS', 'env.INSTALL_PROFILE']],
    ['growth limit', { sizeGb: 300 }, ['mounts.size_gb_limit']],
    [
      'GPU',
      { gpu: { tier: 'gpu-small' } },
      ['guest.cpu_kind', 'guest.cpus', 'guest.memory_mb', 'guest.gpu_kind', 'guest.gpus'],
    ],
  ])('%s', (_name, draft, expected) => {
    const result = diff(live({}), draft);
    expect(result.settings.map(({ field }) => field)).toEqual(expected);
    expect(result.metadata.map(({ field }) => field)).toEqual(['metadata.sindri_spec_hash']);
    // The config that goes out is the wanted one.
    const again = live({}, (_config, machine) => (machine.config = asServer(result.config)));
    expect(diff(again, draft)).toMatchObject({ settings: [], metadata: [] });
  });

  it('says from and to', () => {
    expect(diff(live({}), { memoryMb: 4096 }).settings).toEqual([{ field: 'guest.memory_mb', from: 2048, to: 4096 }]);
  });

  it('says when somebody else has changed it', () => {
    const machine = live({}, (config) => ((config['guest'] as JsonMap)['memory_mb'] = 4096));
    expect(diff(machine).settings).toEqual([
      { field: 'guest.memory_mb', from: 4096, to: 2048, why: 'changed outside Sindri since the last deploy' },
    ]);
  });

  it('says in words which files come from secrets, and blames nobody for a new one', () => {
    const desired = settle(spec({}));
    const files = [{ secret: 'AUTHORIZED_KEYS', path: '/etc/keys', mode: 0o600 }];
    const data = toMachineData(live({}));
    expect(diffMachine({ ...desired, files }, data, data.config ?? {}, ['AUTHORIZED_KEYS']).settings).toEqual([
      { field: 'files', from: null, to: '/etc/keys from AUTHORIZED_KEYS (0600)' },
    ]);
  });

  it.each<[string, (config: JsonMap) => void, string[]]>([
    ['no service at all', (c) => (c['services'] = []), ['services.ssh']],
    ['no checks', (c) => delete c['checks'], ['checks.ssh']],
    ['no service check', (c) => delete (c['services'] as JsonMap[])[0]?.['checks'], ['services.ssh.checks.tcp']],
    [
      'a plain port more',
      (c) => ((c['services'] as JsonMap[])[0]?.['ports'] as JsonMap[]).push({ port: 22 }),
      ['services.ssh.ports'],
    ],
    [
      'stop instead of suspend',
      (c) => Object.assign((c['services'] as JsonMap[])[0] as object, { autostop: true }),
      ['services.ssh.autostop'],
    ],
    ['always restart', (c) => (c['restart'] = { policy: 'always' }), ['restart.policy', 'restart.max_retries']],
    ['swap', (c) => (c['init'] = { swap_size_mb: 512 }), ['init.swap_size_mb']],
    [
      'a GPU',
      (c) => Object.assign(c['guest'] as object, { gpu_kind: 'l40s', gpus: 1 }),
      ['guest.gpu_kind', 'guest.gpus'],
    ],
    [
      'no growth',
      (c) => (c['mounts'] = [{ volume: 'vol_1', path: '/alt/home/developer' }]),
      ['mounts.extend_threshold_percent', 'mounts.add_size_gb', 'mounts.size_gb_limit'],
    ],
    ['a flyctl machine without env', (c) => delete (c['env'] as JsonMap)['HOME'], ['env.HOME']],
  ])('finds in a live config: %s', (_name, edit, expected) => {
    const machine = live({}, edit);
    expect(fields(machine)).toEqual(expected);
    const repaired = live({}, (_config, target) => (target.config = asServer(diff(machine).config)));
    expect(fields(repaired)).toEqual([]);
  });
});

describe('the port for SSH inside TLS', () => {
  const asked: SpecDraft = { fly: { sshTlsPort: 8443 } };
  const without: SpecDraft = { fly: { sshTlsPort: false } };
  const fieldsOf = ({ settings }: MachineDiff): string[] => settings.map(({ field }) => field);
  const portsOf = ({ config }: MachineDiff): unknown[] =>
    ((config['services'] as JsonMap[])[0]?.['ports'] as JsonMap[]).map(({ port, handlers }) => [port, handlers ?? []]);

  it('by default is worth no restart of its own, and comes along with one', () => {
    const { settings, metadata, along } = diff(live(without), {});
    expect([settings, metadata]).toEqual([[], []]);
    expect(along).toEqual([expect.objectContaining({ field: 'services.ssh.ports.443', from: null, to: '443 tls' })]);
    const more = diff(live(without), { memoryMb: 4096 });
    expect(fieldsOf(more)).toEqual(['guest.memory_mb']);
    expect(portsOf(more)).toContainEqual([443, ['tls']]);
  });

  it('is a difference where the config names it, also to a port that was there', () => {
    expect(fields(live(without), asked)).toEqual(['services.ssh.ports']);
    const moved = diff(live({}), asked);
    expect(fieldsOf(moved)).toEqual(['services.ssh.ports']);
    expect(portsOf(moved)).toEqual([
      [10022, []],
      [8443, ['tls']],
    ]);
    expect(portsOf(diff(live({}), without))).toEqual([[10022, []]]);
  });

  it('stays where it is when the config no longer says', () => {
    const { settings, along } = diff(live(asked), {});
    expect([settings, along]).toEqual([[], []]);
  });
});

describe('what belongs to somebody else', () => {
  const machine = live({}, (config) => {
    Object.assign(config['env'] as object, { API_TOKEN: 'very secret', fly_region: 'sjc', fly_swap_mb: '2048' });
    Object.assign(config, { files: [{ guest_path: '/a', raw_value: 'c2VjcmV0' }], dns: { hostname: 'x' } });
    Object.assign(config['metadata'] as object, { fly_release_version: '3' });
    (config['services'] as JsonMap[]).push({ protocol: 'tcp', internal_port: 8080, ports: [{ port: 443 }] });
  });

  it('stays in the config that goes out', () => {
    const { config } = diff(machine, { memoryMb: 4096 });
    expect(config).toMatchObject({ dns: { hostname: 'x' }, metadata: { fly_release_version: '3' } });
    expect(config['services']).toHaveLength(2);
    expect(config['env']).toMatchObject({ API_TOKEN: keptValue });
  });

  it('shows its values nowhere', () => {
    expect(JSON.stringify([toMachineData(machine), diff(machine, { memoryMb: 4096 })])).not.toMatch(
      /very secret|c2VjcmV0/,
    );
  });

  it('except the variables that the original Sindri left behind', () => {
    const { config, differences } = dropLeakedVariables(diff(machine, { memoryMb: 4096 }).config);
    expect(Object.keys(config['env'] as object)).toContain('API_TOKEN');
    expect(Object.keys(config['env'] as object).filter((name) => name.startsWith('fly_'))).toEqual([]);
    expect(differences.map(({ field }) => field)).toEqual(['env.fly_region', 'env.fly_swap_mb']);
    // They alone are no reason for a restart.
    expect(fields(machine)).toEqual([]);
  });

  it('replaces a size preset by the explicit guest', () => {
    const preset = live({}, (config) => {
      delete config['guest'];
      config['size'] = 'shared-cpu-1x';
    });
    const { config } = diff(preset);
    expect(config).not.toHaveProperty('size');
    expect(config['guest']).toEqual({ cpu_kind: 'shared', cpus: 2, memory_mb: 2048 });
  });
});
