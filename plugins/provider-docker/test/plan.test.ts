import type { Change, EnvironmentSpec } from '@sindri/core';
import { readPort } from '@sindri/docker-engine';
import { planDocker } from '../src/plan.js';
import { recipeOf, settingsOf } from '../src/settings.js';
import { summarizeDocker } from '../src/summarize.js';
import type { Spec } from '../src/options.js';
import type { ContainerData, Resource, Seen, VolumeData } from '../src/shapes.js';

function specOf(
  more: {
    image?: string;
    memoryMb?: number | null;
    cpus?: number | null;
    options?: object;
    pullPolicy?: 'Always' | 'Never';
  } = {},
): Spec {
  const spec: EnvironmentSpec = {
    name: 'x',
    provider: 'docker',
    image: { reference: more.image ?? 'team/image:1', request: null, pullPolicy: more.pullPolicy ?? null },
    resources: {
      memoryMb: more.memoryMb === undefined ? 512 : more.memoryMb,
      cpus: more.cpus === undefined ? 1 : more.cpus,
      gpu: null,
    },
    workspace: { sizeGb: null, path: null },
    extensions: { profile: 'minimal', active: [], additional: [], autoInstall: true },
    secrets: [],
    options: { network: 'bridge', restart: 'unless-stopped', privileged: false, runtime: 'auto', ...more.options },
    origins: {},
    baseDir: '/',
  };
  return spec as unknown as Spec;
}

const secret = { name: 'TOKEN', origin: 'environment', fingerprint: 'f1' };
const home = (name: string, more: Partial<VolumeData> = {}): Resource => ({
  id: `volume:${name}`,
  type: 'volume',
  name,
  status: 'present',
  owned: true,
  data: { role: 'home', generation: 1, of: null, copy: 'whole', createdAt: null, kept: {}, ...more },
});
const snapshot: Resource = {
  ...home('shot', { role: 'snapshot', of: 'sindri-x-home' }),
  id: 'snapshot:shot',
  type: 'snapshot',
};
const container = (more: Partial<ContainerData> = {}): Resource => ({
  id: 'container',
  type: 'container',
  name: 'sindri-x',
  status: 'present',
  owned: true,
  data: {
    id: 'c1',
    status: 'running',
    started: true,
    asleep: false,
    exitCode: 0,
    trouble: '',
    settings: settingsOf(specOf(), { TOKEN: 'f1' }, 'sindri-x-home'),
    imageId: 'sha256:1',
    createdAt: null,
    startedAt: null,
    finishedAt: null,
    published: {},
    ...more,
  },
});
const network: Resource = {
  id: 'network',
  type: 'network',
  name: 'sindri-x',
  status: 'present',
  owned: true,
  data: { network: 'sindri-x' },
};
const absent = ({ id, type, name }: Resource): Resource => ({ id, type, name, status: 'absent' });
const strange = (one: Resource): Resource => ({ ...one, owned: false });

function seen(resources: Resource[], image: string | null = 'sha256:1', isPodman = false): Seen {
  const facts = { reference: 'team/image:1', image, isPodman };
  return { environment: 'x', provider: 'docker', observedAt: '2026-01-01T00:00:00Z', resources, facts };
}

const nothing = [absent(container()), absent(home('sindri-x-home')), absent(network)];
const deployed = (more: Partial<ContainerData> = {}): Resource[] => [container(more), home('sindri-x-home'), network];

function deploy(world: Seen, spec = specOf(), adopt = false): Change<object>[] {
  // The engine was asked about the image that this config names.
  const facts = { ...world.facts, reference: spec.image?.reference ?? '' };
  return planDocker({ intent: 'deploy', spec, secrets: [secret], adopt }, { ...world, facts }).changes;
}
const told = (changes: readonly Change<object>[]): string[] =>
  changes.map(({ id, impact }) => `${id} ${impact.join('+')}`);

describe('a deploy', () => {
  it('makes everything, the container last', () => {
    const changes = deploy(seen(nothing, null));
    expect(told(changes)).toEqual([
      'image:prepare in-place',
      'network:create in-place',
      'volume:sindri-x-home:create in-place',
      'container:create in-place',
    ]);
    expect(changes.at(-1)?.dependsOn).toEqual(changes.slice(0, -1).map(({ id }) => id));
  });

  it('pulls an image that nobody has looked for', () => {
    const other = specOf({ image: 'team/image:2' });
    const { changes } = planDocker({ intent: 'deploy', spec: other, secrets: [secret] }, seen(deployed()));
    expect(told(changes)).toEqual(['image:prepare in-place', 'container:replace replace']);
  });

  it('leaves what is staged where it is, and brings it along with a container that is made anew', () => {
    const kept = { NEXT: { fingerprint: 'n1', at: '2026-01-01T00:00:00Z' } };
    const store = {
      ...home('sindri-x-secrets-1', { role: 'secrets', kept }),
      id: 'secrets:sindri-x-secrets-1',
      type: 'secrets',
    };
    const half = { ...home('sindri-x-secrets-2', { role: 'secrets', generation: 2, copy: 'failed' }), type: 'secrets' };
    const world = seen([...deployed(), store, half]);
    const quiet = planDocker({ intent: 'deploy', spec: specOf(), secrets: [secret] }, world);
    expect([quiet.changes, quiet.notes.map(({ code }) => code)]).toEqual([[], ['DOCKER_SECRETS_STAGED']]);
    const [, anew] = deploy(world, specOf({ image: 'team/image:2', pullPolicy: 'Always' }));
    expect(anew?.payload).toMatchObject({ settings: { secrets: { NEXT: 'n1', TOKEN: 'f1' } } });
    // The config counts over what was set before.
    const own = { ...secret, name: 'NEXT', fingerprint: 'n2' };
    const { changes } = planDocker({ intent: 'deploy', spec: specOf(), secrets: [secret, own] }, world);
    expect(told(changes)).toEqual(['secrets:update in-place', 'container:replace replace']);
    expect(changes[0]?.payload).toEqual({ secrets: { set: {}, forget: ['NEXT'] } });
    const gone = planDocker({ intent: 'destroy', spec: specOf(), secrets: [] }, world).changes;
    expect(told(gone).filter((line) => line.startsWith('secrets'))).toHaveLength(2);
  });

  it('of what is there does nothing', () => expect(deploy(seen(deployed()))).toEqual([]));

  it.each([
    ['memory', specOf({ memoryMb: 1024 }), ['container:update in-place']],
    ['CPUs', specOf({ cpus: 0.5 }), ['container:update in-place']],
    ['the restart policy', specOf({ options: { restart: 'no' } }), ['container:update in-place']],
    ['no limit any more', specOf({ cpus: null }), ['container:replace replace']],
    ['another image', specOf({ image: 'team/image:2' }), ['container:replace replace']],
    ['a port', specOf({ options: { ports: ['8080:80'] } }), ['container:replace replace']],
    [
      'a pull whenever it is made anew',
      specOf({ image: 'team/image:2', pullPolicy: 'Always' }),
      ['image:prepare in-place', 'container:replace replace'],
    ],
    ['a pull, and nothing else', specOf({ pullPolicy: 'Always' }), []],
  ])('brings about %s', (_what, spec, expected) => expect(told(deploy(seen(deployed()), spec))).toEqual(expected));

  it('makes a container anew for a limit where the engine is Podman, which changes none in place', () => {
    const more = specOf({ memoryMb: 1024 });
    expect(told(deploy(seen(deployed(), 'sha256:1', true), more))).toEqual(['container:replace replace']);
    expect(deploy(seen(deployed(), 'sha256:1', true))).toEqual([]);
  });

  it('says what differs, of secrets only the name', () => {
    const [change] = planDocker(
      { intent: 'deploy', spec: specOf(), secrets: [{ ...secret, fingerprint: 'f2' }] },
      seen(deployed()),
    ).changes;
    expect(change?.differences).toEqual([
      { field: 'secrets', from: ['TOKEN'], to: ['TOKEN'], why: 'another value of TOKEN' },
    ]);
    expect(JSON.stringify(change?.differences)).not.toContain('f2');
  });

  it.each([
    ['sleeps and matches', { status: 'exited', exitCode: 143 }, specOf(), []],
    [
      'sleeps, and is to change',
      { status: 'exited', exitCode: 0 },
      specOf({ cpus: 2 }),
      ['container:update in-place', 'container:start restart'],
    ],
    [
      'is paused, and is to change',
      { status: 'paused' },
      specOf({ cpus: 2 }),
      ['container:update in-place', 'container:start restart'],
    ],
    ['has crashed', { status: 'exited', exitCode: 3 }, specOf(), ['container:start restart']],
    ['was never started', { status: 'created', started: false }, specOf(), ['container:start restart']],
  ] as const)('of what %s', (_what, data, spec, expected) => {
    expect(told(deploy(seen(deployed(data)), spec))).toEqual(expected);
  });

  it.each([0, 1, 2])("refuses what is somebody else's (%i), and adopts it when told to", (index) => {
    const world = seen(deployed().map((one, at) => (at === index ? strange(one) : one)));
    expect(() => deploy(world)).toThrow(
      expect.objectContaining({ code: 'DOCKER_NAME_TAKEN', kind: 'refused' }) as Error,
    );
    expect(told(deploy(world, specOf(), true))).toEqual(index === 0 ? ['container:adopt replace'] : []);
  });

  it('plans nothing around what could not be read', () => {
    const world = seen(deployed().map((one) => ({ ...absent(one), status: 'unobserved' as const })));
    expect(deploy(world, specOf({ image: 'team/image:2' }))).toEqual([]);
  });

  it('without an image that may not be pulled is refused', () => {
    expect(() => deploy(seen(nothing, null), specOf({ pullPolicy: 'Never' }))).toThrow(
      expect.objectContaining({ code: 'DOCKER_IMAGE_MISSING' }) as Error,
    );
  });

  it('uses the newest whole home', () => {
    const homes = [
      home('sindri-x-home'),
      home('sindri-x-home-2', { generation: 2 }),
      home('sindri-x-home-3', { generation: 3, copy: 'running' }),
    ];
    const [change] = deploy(seen([container(), ...homes, network]));
    expect(change?.differences).toEqual([{ field: 'volume', from: 'sindri-x-home', to: 'sindri-x-home-2' }]);
  });
});

describe('a destroy', () => {
  const destroy = (world: Seen, keep: string[] = []) =>
    told(planDocker({ intent: 'destroy', spec: specOf(), secrets: [], keep }, world).changes);
  const all = seen([...deployed(), snapshot]);

  it('takes what is ours', () => {
    expect(destroy(all)).toEqual([
      'container:delete in-place',
      'volume:sindri-x-home:delete data-loss',
      'snapshot:shot:delete data-loss',
      'network:delete in-place',
    ]);
    expect(destroy(seen([...deployed(), snapshot].map(strange)))).toEqual([]);
  });

  it('takes half copies, whose copiers use other volumes, before those', () => {
    const half = { ...home('half', { role: 'snapshot', of: 'sindri-x-home', copy: 'failed' }), type: 'snapshot' };
    const filling = home('sindri-x-home-2', { generation: 2, copy: 'running' });
    const world = seen([...deployed(), { ...half, id: 'snapshot:half' }, snapshot, filling]);
    const { changes } = planDocker({ intent: 'destroy', spec: specOf(), secrets: [] }, world);
    const halves = ['snapshot:half:delete', 'volume:sindri-x-home-2:delete'];
    for (const whole of ['volume:sindri-x-home:delete', 'snapshot:shot:delete'])
      expect(changes.find(({ id }) => id === whole)?.dependsOn).toEqual(expect.arrayContaining(halves));
  });

  it('keeps volumes, and refuses to keep what cannot stay', () => {
    expect(destroy(all, ['volume'])).toEqual(['container:delete in-place', 'network:delete in-place']);
    expect(() => destroy(all, ['container'])).toThrow(
      expect.objectContaining({ code: 'DOCKER_KEEP', kind: 'usage' }) as Error,
    );
  });
});

describe('volumes and snapshots', () => {
  const former = [
    container({ settings: settingsOf(specOf(), { TOKEN: 'f1' }, 'sindri-x-home-2') }),
    home('sindri-x-home'),
    home('sindri-x-home-2', { generation: 2 }),
    network,
    snapshot,
  ];
  const plan = (request: object) =>
    told(
      planDocker(
        { spec: specOf(), secrets: [], ...request } as unknown as Parameters<typeof planDocker>[0],
        seen(former),
      ).changes,
    );

  it('a former home can go, the home cannot', () => {
    expect(plan({ intent: 'volume.delete', volume: 'sindri-x-home' })).toEqual([
      'volume:sindri-x-home:delete data-loss',
    ]);
    expect(() => plan({ intent: 'volume.delete', volume: 'sindri-x-home-2' })).toThrow(
      expect.objectContaining({ code: 'DOCKER_VOLUME_IN_USE' }) as Error,
    );
    expect(() => plan({ intent: 'volume.delete', volume: 'shot' })).toThrow(
      expect.objectContaining({ code: 'DOCKER_VOLUME_UNKNOWN' }) as Error,
    );
  });

  it('a restore makes the next home and a container on it', () => {
    expect(plan({ intent: 'snapshot.restore', snapshot: 'shot' })).toEqual([
      'volume:sindri-x-home-3:create in-place',
      'container:replace replace',
    ]);
    expect(() => plan({ intent: 'snapshot.restore', snapshot: 'other' })).toThrow(
      expect.objectContaining({ code: 'DOCKER_SNAPSHOT_UNKNOWN' }) as Error,
    );
  });
});

describe('a summary', () => {
  const state = (resources: Resource[]) => summarizeDocker(specOf(), seen(resources)).state;
  it.each([
    ['absent', nothing],
    ['running', deployed()],
    ['suspended', deployed({ status: 'paused' })],
    ['stopped', deployed({ status: 'exited', exitCode: 137 })],
    ['failed', deployed({ status: 'exited', exitCode: 137, trouble: 'it ran out of memory' })],
    ['failed', deployed({ status: 'restarting', exitCode: 1 })],
    ['incomplete', deployed({ status: 'created', started: false })],
    ['stopped', deployed({ status: 'created', started: false, asleep: true })],
    ['absent', [absent(container()), home('sindri-x-home'), absent(network)]],
    ['incomplete', [absent(container()), home('sindri-x-home'), network]],
    ['unknown', [absent(container()), home('sindri-x-home'), { ...absent(network), status: 'unobserved' as const }]],
    ['absent', deployed().map(strange)],
  ])('says %s', (expected, resources) => expect(state(resources)).toBe(expected));
});

describe('ports', () => {
  it.each([
    ['80', '127.0.0.1', '', '80/tcp'],
    ['8080:80', '127.0.0.1', '8080', '80/tcp'],
    ['0.0.0.0:8080:80/udp', '0.0.0.0', '8080', '80/udp'],
    ['[::1]:8080:80', '::1', '8080', '80/tcp'],
    ['0.0.0.0:80', '0.0.0.0', '', '80/tcp'],
  ])('%s', (text, host, port, inside) => expect(readPort(text)).toEqual({ host, port, inside }));

  it('are published on a network of its own only', () => {
    const options = { ports: ['8080:80'], network: 'host' };
    expect(recipeOf('x', settingsOf(specOf({ options }), {}, 'v')).ports).toEqual([]);
  });
});
