import { validateSpec } from '../../../src/planner/index.js';
import { seedSamples, spec, type SpecDraft } from '../support/specs.js';

const errors = (draft: SpecDraft) => validateSpec(spec(draft)).filter(({ severity }) => severity === 'error');
const warnings = (draft: SpecDraft) => validateSpec(spec(draft)).filter(({ severity }) => severity === 'warning');

describe("the seed's samples", () => {
  it.each(Object.entries(seedSamples))('%s has no error', (_name, sample) => {
    expect(validateSpec(sample).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('GPU gets a dated warning, and is told which numbers do not count', () => {
    const problems = validateSpec(seedSamples['GPU'] as never);
    expect(problems.map(({ code }) => code)).toEqual(['FLY_GPU_WITHDRAWN', 'FLY_GPU_SIZE']);
    expect(problems[0]?.message).toContain('2026-08-01');
    expect(problems[1]?.message).toContain('16 CPUs and 64 GB');
  });

  it('Quick Start is told what auto-stop will really do with 4 GB', () => {
    const [problem] = validateSpec(seedSamples['Quick Start'] as never);
    expect(problem).toMatchObject({
      severity: 'warning',
      code: 'FLY_SUSPEND_MEMORY',
      path: 'deployment.resources.memory',
    });
    expect(problem?.message).toMatch(/4 GB.*may stop it instead/);
  });

  it('Basic has nothing to be told', () => {
    expect(validateSpec(seedSamples['Basic'] as never)).toEqual([]);
  });
});

describe('errors', () => {
  it.each<[string, SpecDraft, string, string, RegExp, RegExp]>([
    ['a name with github', { name: 'my-github-env' }, 'FLY_APP_NAME', 'name', /github/, /Choose/],
    ['a name of 62', { name: 'a'.repeat(62) }, 'FLY_APP_NAME', 'name', /"-1".*has 62/, /Shorten it to 61/],
    ['a name of 63', { name: 'a'.repeat(63) }, 'FLY_APP_NAME', 'name', /under 63.*has 63/, /Shorten/],
    ['a trailing dash', { name: 'abc-' }, 'FLY_APP_NAME', 'name', /ends with a dash/, /"abc"/],
    [
      'a region that never was',
      { fly: { region: 'sjx' } },
      'FLY_REGION_UNKNOWN',
      'providers.fly.region',
      /"sjx"/,
      /mean sjc\?/,
    ],
    ['a city', { fly: { region: 'tokyo' } }, 'FLY_REGION_UNKNOWN', 'providers.fly.region', /"tokyo"/, /mean nrt\?/],
    [
      'nonsense',
      { fly: { region: 'qqqqqqq' } },
      'FLY_REGION_UNKNOWN',
      'providers.fly.region',
      /qqq/,
      /^Regions: ams, /,
    ],
    [
      'Mumbai',
      { fly: { region: 'bom' } },
      'FLY_REGION_WITHDRAWN',
      'providers.fly.region',
      /withdrawn.*bom \(Mumbai\)/,
      /sin \(Singapore\)/,
    ],
    ['Seattle', { fly: { region: 'sea' } }, 'FLY_REGION_WITHDRAWN', 'providers.fly.region', /Seattle/, /sjc/],
    [
      'three CPUs',
      { cpus: 3, memoryMb: 2048 },
      'FLY_GUEST_CPUS',
      'deployment.resources.cpus',
      /1, 2, 4, 6 or 8 CPUs, not 3/,
      /Use 2 or 4/,
    ],
    ['half a CPU', { cpus: 0.5 }, 'FLY_GUEST_CPUS', 'deployment.resources.cpus', /not 0\.5/, /Use 1\./],
    ['a CPU and a half', { cpus: 1.5 }, 'FLY_GUEST_CPUS', 'deployment.resources.cpus', /not 1\.5/, /Use 1 or 2\./],
    ['too many CPUs', { cpus: 32, memoryMb: 2048 }, 'FLY_GUEST_CPUS', 'deployment.resources.cpus', /not 32/, /Use 8/],
    [
      'too much memory',
      { cpus: 1, memoryMb: 4096 },
      'FLY_GUEST_MEMORY',
      'deployment.resources.memory',
      /shared with 1 CPU allows 256–2048 MB .* steps of 256 MB, not 4096 MB/,
      /memory: 2GB, or cpus: 2\./,
    ],
    [
      'a lot too much',
      { cpus: 4, memoryMb: 32768 },
      'FLY_GUEST_MEMORY',
      'deployment.resources.memory',
      /shared with 4 CPUs allows 1024–8192 MB/,
      /memory: 8GB, or cpuKind: performance/,
    ],
    [
      'between two steps',
      { cpus: 2, memoryMb: 1000 },
      'FLY_GUEST_MEMORY',
      'deployment.resources.memory',
      /not 1000 MB/,
      /memory: 768MB or 1GB/,
    ],
    [
      'too little for cores',
      { cpus: 2, memoryMb: 2048, fly: { cpuKind: 'performance' } },
      'FLY_GUEST_MEMORY',
      'deployment.resources.memory',
      /performance with 2 CPUs allows 4096–16384/,
      /memory: 4GB, or cpus: 1\./,
    ],
    [
      'more than there is',
      { memoryMb: 262144 },
      'FLY_GUEST_MEMORY',
      'deployment.resources.memory',
      /not 262144/,
      /memory: 4GB\./,
    ],
    [
      'half a GB of volume',
      { sizeGb: 0.5 },
      'FLY_VOLUME_SIZE',
      'deployment.volumes.workspace.size',
      /1 to 500 GB in whole numbers, not 0.5/,
      /1GB/,
    ],
    ['a fraction', { sizeGb: 4.5 }, 'FLY_VOLUME_SIZE', 'deployment.volumes.workspace.size', /4\.5/, /5GB/],
    ['a terabyte', { sizeGb: 1024 }, 'FLY_VOLUME_SIZE', 'deployment.volumes.workspace.size', /1024/, /500GB/],
    [
      'a secret called like our mark',
      { secrets: ['A', 'SINDRI_ENVIRONMENT'] },
      'FLY_SECRET_NAME',
      'secrets[1].name',
      /SINDRI_ENVIRONMENT: Sindri marks its apps/,
      /another name/,
    ],
    ['a secret called HOME', { secrets: ['HOME'] }, 'FLY_SECRET_NAME', 'secrets[0].name', /Sindri sets/, /another/],
    [
      "a secret called like Fly's own variable",
      { secrets: ['FLY_API_TOKEN', 'FLY_APP_NAME'] },
      'FLY_SECRET_NAME',
      'secrets[1].name',
      /Fly\.io sets/,
      /another/,
    ],
    [
      'one port for SSH with and without TLS',
      { fly: { sshPort: 8443, sshTlsPort: 8443 } },
      'FLY_TLS_PORT_TAKEN',
      'providers.fly.sshTlsPort',
      /both 8443/,
      /two different ports/,
    ],
    ['an AMD GPU', { gpu: { type: 'amd' } }, 'FLY_GPU_TYPE', 'deployment.gpu.type', /amd/, /nvidia/],
    ['two GPUs', { gpu: { count: 2 } }, 'FLY_GPU_COUNT', 'deployment.gpu.count', /one GPU, not 2/, /count: 1/],
    [
      'more video memory',
      { gpu: { memoryMb: 81920 } },
      'FLY_GPU_MEMORY',
      'deployment.gpu.memory',
      /40 GB of GPU memory, not 80 GB/,
      /gpu-xlarge/,
    ],
    [
      'absurd video memory',
      { gpu: { memoryMb: 819200 } },
      'FLY_GPU_MEMORY',
      'deployment.gpu.memory',
      /800 GB/,
      /No tier/,
    ],
  ])('%s', (_name, draft, code, path, message, hint) => {
    const [problem, ...more] = errors(draft);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ code, path });
    expect(problem?.message).toMatch(message);
    expect(problem?.hint).toMatch(hint);
  });

  it('say at once that the memory would not fit the CPU counts nearby either', () => {
    const codes = (draft: SpecDraft) => errors(draft).map(({ code }) => code);
    expect(codes({ cpus: 3, memoryMb: 9216 })).toEqual(['FLY_GUEST_CPUS', 'FLY_GUEST_MEMORY']);
    expect(codes({ cpus: 3, memoryMb: 8192 })).toEqual(['FLY_GUEST_CPUS']);
  });

  it('come all at once, each with its place in the file as it is spelled there', () => {
    const problems = errors({
      name: 'github',
      cpus: 3,
      sizeGb: 1.5,
      fly: { region: 'bom' },
      origins: ['name', 'deployment.resources.cpus', 'deployment.volumes.workspace.size'],
    });
    expect(problems.map(({ code }) => code)).toEqual([
      'FLY_APP_NAME',
      'FLY_REGION_WITHDRAWN',
      'FLY_GUEST_CPUS',
      'FLY_VOLUME_SIZE',
    ]);
    expect(problems.every(({ file, line }) => file === 'sindri.yaml' && line !== undefined)).toBe(true);
    const snake = spec({ fly: { region: 'bom' } });
    snake.origins = { 'providers.fly.region': { file: 'a.yaml', line: 9, column: 5 } };
    expect(validateSpec(snake)[0]).toMatchObject({ file: 'a.yaml', line: 9, column: 5 });
    const nested = spec({ gpu: { type: 'amd' }, origins: ['deployment.resources.gpu.type'] });
    expect(validateSpec(nested).find(({ code }) => code === 'FLY_GPU_TYPE')?.path).toBe(
      'deployment.resources.gpu.type',
    );
  });

  it('stop a deploy and nothing else, except for a name under which nothing can be', () => {
    const problems = errors({ name: 'my-github', cpus: 3, sizeGb: 1.5, fly: { region: 'bom' }, gpu: undefined });
    expect(Object.fromEntries(problems.map(({ code, blocks }) => [code, blocks]))).toEqual({
      FLY_APP_NAME: undefined,
      FLY_REGION_WITHDRAWN: 'deploy',
      FLY_GUEST_CPUS: 'deploy',
      FLY_VOLUME_SIZE: 'deploy',
    });
  });

  it('a value without a place in the file has only a path', () => {
    expect(errors({ name: 'github' })[0]).not.toHaveProperty('line');
  });
});

describe('warnings', () => {
  it.each<[string, SpecDraft, string, RegExp]>([
    [
      'a workspace off the volume',
      { path: '/workspace' },
      'FLY_WORKSPACE_PATH',
      /stays at \/alt\/home\/developer\/workspace/,
    ],
    ['suspend above 2 GB', { memoryMb: 4096 }, 'FLY_SUSPEND_MEMORY', /cold boot/],
    [
      'a region that may be newer than the table',
      { fly: { region: 'zzz' } },
      'FLY_REGION_UNKNOWN',
      /its own list is asked before anything is made/,
    ],
    ['a pull policy', { image: 'nginx', pullPolicy: 'Never' }, 'FLY_PULL_POLICY', /nothing on Fly/],
  ])('%s', (_name, draft, code, message) => {
    expect(errors(draft)).toEqual([]);
    const [warning, ...more] = warnings(draft);
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ code });
    expect(warning?.message).toMatch(message);
  });

  it('stay away where all is well', () => {
    expect(warnings({ memoryMb: 8192, cpus: 4, fly: { autoStopMachines: false } })).toEqual([]);
    expect(warnings({ path: '/alt/home/developer/src', sizeGb: 500, image: 'nginx' })).toEqual([]);
  });
});
