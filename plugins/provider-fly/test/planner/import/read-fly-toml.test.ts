import { toFlyToml } from '../../../src/planner/config/fly-toml.js';
import { toMachineConfig } from '../../../src/planner/config/machine-config.js';
import { settle } from '../../../src/planner/desired/desired.js';
import { cpuCounts, memoryLimits } from '../../../src/planner/hardware/guest.js';
import { foundInToml } from '../../../src/planner/import/found-on-fly.js';
import { importedConfig } from '../../../src/planner/import/imported-config.js';
import { settingsFrom, toSpec } from '../../../src/planner/import/imported-settings.js';
import { readFlyToml } from '../../../src/planner/import/read-fly-toml.js';
import { seededRandom } from '../../support/mutate-json.js';
import { seedSamples, spec, type SpecDraft } from '../support/specs.js';

describe('the generated fly.toml, read as flyctl reads it', () => {
  function holds(wanted: ReturnType<typeof spec>): void {
    const desired = settle(wanted);
    const { metadata: _marks, ...sent } = toMachineConfig(desired, []);
    const read = readFlyToml(toFlyToml(desired));
    expect(read.config).toEqual(sent);
    expect(read).toMatchObject({
      app: wanted.name,
      region: desired.names.region,
      volume: {
        name: desired.mount.volume,
        sizeGb: desired.mount.sizeGb,
        snapshotRetention: desired.mount.snapshotRetention,
      },
      flyctlOnly: [],
    });
    // And what is imported from it asks for the same again. Whose app it is, and its addresses, are no part of a fly.toml.
    const found = foundInToml(read, wanted.name);
    const again = settle(toSpec(settingsFrom(found)));
    const { organization: _owner, dedicatedIpv4: _paid, ...names } = desired.names;
    expect({ ...again, mount: { ...again.mount, sizeIsAsked: true } }).toMatchObject({
      names,
      guest: desired.guest,
      env: desired.env,
      swapMb: desired.swapMb,
      services: desired.services,
      mount: { ...desired.mount, sizeIsAsked: true },
    });
    expect(importedConfig(found).remarks).toEqual([]);
  }

  it.each(Object.entries(seedSamples))('is the machine config that a deploy sends: %s', (_name, sample) => {
    holds(sample);
  });

  it('is the machine config that a deploy sends, whatever the config asks for', () => {
    const random = seededRandom(9);
    for (let left = 300; left > 0; left--) holds(spec(anyDraft(random)));
  });
});

describe('a fly.toml of somebody else', () => {
  const machine = (text: string) => readFlyToml(text).config;

  it.each(['[mount]', '[mounts]', '[[mounts]]', '[[mount]]'])('a mount may be written %s', (section) => {
    const text = `${section}\nsource = "data"\ndestination = "/data"\ninitial_size = "30gb"\nsnapshot_retention = 9`;
    expect(readFlyToml(text)).toMatchObject({
      config: { mounts: [{ name: 'data', path: '/data' }] },
      volume: { name: 'data', sizeGb: 30, snapshotRetention: 9 },
    });
  });

  it.each([
    ['[[vm]]\nmemory = "1gb"', { cpu_kind: 'shared', cpus: 1, memory_mb: 1024 }],
    ['[[compute]]\nmemory = 512\ncpus = 2', { cpu_kind: 'shared', cpus: 2, memory_mb: 512 }],
    ['[vm]\nsize = "performance-2x"', { cpu_kind: 'performance', cpus: 2, memory_mb: 4096 }],
    ['[[vm]]\nmemory = "1gb"\nmemory_mb = 2048', { cpu_kind: 'shared', cpus: 1, memory_mb: 2048 }],
    [
      '[[vm]]\ncpu_kind = "performance"\ncpus = "4"\nmemory = "8gb"',
      { cpu_kind: 'performance', cpus: 4, memory_mb: 8192 },
    ],
    [
      '[[vm]]\ngpu_kind = "l40s"\ngpus = 1',
      { cpu_kind: 'performance', cpus: 8, memory_mb: 16384, gpu_kind: 'l40s', gpus: 1 },
    ],
    [
      '[[vm]]\nsize = "a100-40gb"',
      { cpu_kind: 'performance', cpus: 8, memory_mb: 32768, gpu_kind: 'a100-pcie-40gb', gpus: 1 },
    ],
  ])('a size: %s', (text, guest) => {
    expect(machine(text)['guest']).toEqual(guest);
  });

  it('has no guest without a size of its own', () => {
    expect(machine('app = "a"')).not.toHaveProperty('guest');
  });

  it.each([
    ['true', 'stop'],
    ['false', 'off'],
    ['"on"', 'stop'],
    ['"off"', 'off'],
    ['"stop"', 'stop'],
    ['"suspend"', 'suspend'],
  ])('auto_stop_machines = %s means %s', (value, word) => {
    const text = `[[services]]\ninternal_port = "2222"\nauto_stop_machines = ${value}\n[[services.ports]]\nport = "10022"`;
    expect(machine(text)['services']).toEqual([
      { protocol: 'tcp', internal_port: 2222, autostop: word, ports: [{ port: 10022 }] },
    ]);
  });

  it('tells the port that an environment has besides', () => {
    const text = '[[services]]\ninternal_port = 2222\n[[services.ports]]\nport = 10022';
    const { remarks } = importedConfig(foundInToml(readFlyToml(text), 'a'));
    expect(remarks).toContainEqual(expect.objectContaining({ subject: 'services.ssh.ports.443', effect: 'changes' }));
  });

  it('a threshold of 0 is none, and an empty list of services is none', () => {
    const text =
      'services = []\n[mounts]\nsource = "d"\ndestination = "/d"\nauto_extend_size_threshold = 0\nauto_extend_size_increment = "1GB"';
    expect(machine(text)).toMatchObject({ services: [], mounts: [{ name: 'd', path: '/d', add_size_gb: 1 }] });
    expect((machine(text)['mounts'] as object[])[0]).not.toHaveProperty('extend_threshold_percent');
  });

  it('a bare size of a volume is in GB, units are decimal, and without one it has 1 GB', () => {
    const size = (value: string) => readFlyToml(`[mounts]\nsource = "d"\ninitial_size = ${value}`).volume?.sizeGb;
    expect([size('40'), size('"40"'), size('"2tb"'), size('"1500mb"')]).toEqual([40, 40, 2000, 1]);
    expect(readFlyToml('[mounts]\nsource = "d"').volume?.sizeGb).toBe(1);
    expect(() => size('"512mb"')).toThrow('mounts.initial_size must be at least 1 GB');
  });

  it('an http_service is a service with two ports before the others, and gives checks its port', () => {
    const config = machine(
      '[http_service]\ninternal_port = 8080\nforce_https = true\nconcurrency = "20,25"\n' +
        '[checks.up]\ntype = "http"\nmethod = "get"\npath = "/up"\ninterval = 15000\n' +
        '[[services]]\ninternal_port = 2222\n[[services.ports]]\nport = 10022',
    );
    expect(config['services']).toEqual([
      {
        protocol: 'tcp',
        internal_port: 8080,
        ports: [
          { port: 80, handlers: ['http'], force_https: true },
          { port: 443, handlers: ['http', 'tls'] },
        ],
        concurrency: { type: 'requests', soft_limit: 20, hard_limit: 25 },
      },
      { protocol: 'tcp', internal_port: 2222, ports: [{ port: 10022 }] },
    ]);
    expect(config['checks']).toEqual({
      up: { type: 'http', port: 8080, path: '/up', method: 'GET', interval: '15000ms' },
    });
  });

  it('reads the rest of what a machine has', () => {
    const config = machine(
      'kill_signal = "SIGTERM"\nkill_timeout = 30\nswap_size_mb = 512\n[env]\nPORT = 8080\nON = true\n' +
        '[processes]\nworker = "node \'my app.js\' --x"\n[[restart]]\npolicy = "never"\nretries = 3\n' +
        '[[services]]\nprocesses = ["other"]\ninternal_port = 1',
    );
    expect(config).toEqual({
      init: { swap_size_mb: 512, cmd: ['node', 'my app.js', '--x'] },
      env: { PORT: '8080', ON: 'true', FLY_PROCESS_GROUP: 'worker' },
      services: [],
      restart: { policy: 'no', max_retries: 3 },
      stop_config: { signal: 'SIGTERM', timeout: '30s' },
    });
  });

  it('names what only flyctl makes something of', () => {
    const text =
      'console_command = "sh"\n[build]\ndockerfile = "Dockerfile"\n[deploy]\nstrategy = "canary"\nrelease_command = "x"\n' +
      '[experimental]\nauto_rollback = true';
    expect(readFlyToml(text).flyctlOnly).toEqual([
      'console_command',
      'build.dockerfile',
      'deploy.release_command',
      'experimental.auto_rollback',
    ]);
  });

  it.each([
    ['[processes]\nweb = "a"\nworker = "b"\ncron = "c"', 'FLY_TOML_GROUPS', 'web, worker and cron'],
    ['app = ', 'FLY_TOML_INVALID', 'line 1, column 7'],
    ['app = 1', 'FLY_TOML_INVALID', 'app must be a text, got 1'],
    ['services = "no"', 'FLY_TOML_INVALID', 'services must be a table'],
    ['[[services]]\nauto_stop_machines = "yes"', 'FLY_TOML_INVALID', 'services[0].auto_stop_machines'],
    ['[[services]]\n[[services.ports]]\nhandlers = []', 'FLY_TOML_INVALID', 'services[0].ports[0] has no port'],
    ['[[vm]]\nsize = "huge"', 'FLY_TOML_INVALID', 'vm.size'],
    ['[[vm]]\nmemory = "much"', 'FLY_TOML_INVALID', 'vm.memory'],
    ['[[mounts]]\nsource = "a"\n[[mounts]]\nsource = "b"', 'FLY_TOML_INVALID', 'several mounts'],
    ['[checks.x]\ntimeout = "soon"', 'FLY_TOML_INVALID', 'checks.x.timeout'],
    ['[env]\nX = { a = 1 }', 'FLY_TOML_INVALID', 'env.X'],
    ['[checks]\n__proto__ = 1', 'FLY_TOML_INVALID', '__proto__'],
  ])('refuses %j', (text, code, words) => {
    let thrown: unknown;
    try {
      readFlyToml(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code, kind: 'usage', message: expect.stringContaining(words) as string });
  });
});

describe('the volume of a second machine', () => {
  const remarks = (first: number | null, second: number | null, sizes: [number, number] = [10, 10]) => {
    const found = foundInToml(readFlyToml(toFlyToml(settle(spec()))), 'my-sindri');
    const volume = (name: string, sizeGb: number, snapshotRetention: number | null) => ({
      name,
      sizeGb,
      snapshotRetention,
    });
    return importedConfig({
      ...found,
      live: true,
      hasSecond: true,
      volume: volume('home_data', sizes[0], first),
      secondVolume: volume('home_data_2', sizes[1], second),
    }).remarks.filter(({ subject }) => subject.startsWith('volume'));
  };
  const becomes = (text: string) => [
    { subject: 'volume home_data_2', effect: 'changes', message: `${text}: a config says one for both machines.` },
  ];

  it('is told to change as a deploy changes it', () => {
    expect(remarks(7, 7)).toEqual([]);
    expect(remarks(7, 7, [10, 20])).toEqual([]);
    expect(remarks(7, 7, [20, 10])).toEqual(becomes('10 GB becomes 20 GB'));
    expect(remarks(9, 7)).toEqual(becomes('snapshots of 7 days becomes 9 days'));
  });

  it('is not told of what Fly does not tell', () => {
    expect(remarks(9, null)).toEqual([]);
    // The config says nothing then, and a deploy takes what is usual.
    expect(remarks(null, 9)).toEqual(becomes('snapshots of 9 days becomes 7 days'));
  });
});

function anyDraft(random: () => number): SpecDraft {
  const one = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const cpuKind = one<'shared' | 'performance'>('shared', 'performance');
  const cpus = one(...cpuCounts(cpuKind));
  const { minimum, maximum } = memoryLimits(cpuKind, cpus);
  return {
    name: one('my-sindri', 'a', 'with-numbers-42'),
    memoryMb: one(minimum, maximum),
    cpus,
    profile: one('minimal', 'fullstack', null),
    active: one([], ['a', 'b']),
    additional: one([], ['c']),
    autoInstall: one(true, false),
    ...one<SpecDraft>({}, { gpu: { tier: one('gpu-small', 'gpu-medium', 'gpu-large', 'gpu-xlarge') } }),
    ...one<SpecDraft>({}, { image: `ghcr.io/o/a@sha256:${'a'.repeat(64)}` }, { image: 'registry.example/a:"quoted"' }),
    ...one<SpecDraft>({}, { path: '/alt/home/developer/work "1"\t\\' }, { path: '/elsewhere' }),
    ...one<SpecDraft>({}, { sizeGb: one(1, 30, 500) }),
    fly: {
      cpuKind,
      region: one('sjc', 'ord', 'nrt'),
      sshPort: one(10022, 65535),
      autoStopMachines: one(true, false),
      autoStartMachines: one(true, false),
      dedicatedIpv4: one(true, false),
      snapshotRetention: one(1, 7, 60),
    },
  };
}
