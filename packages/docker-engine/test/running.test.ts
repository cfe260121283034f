import type { ServerResponse } from 'node:http';
import {
  composeDocument,
  createBody,
  createEngineOpener,
  findContainerInUse,
  keepFile,
  type ContainerRecipe,
} from '../src/index.js';
import { untilPaused } from '../src/pause-watch.js';
import { startFakeEngine, type FakeEngine } from './fake-engine.js';

const inspected = {
  Id: 'c1',
  Image: 'sha256:1',
  Created: '2026-01-01T00:00:00Z',
  State: { Status: 'running', ExitCode: 0, Error: '', OOMKilled: false, StartedAt: '2026-01-01T00:00:01Z' },
  Config: { Labels: {} },
  HostConfig: {},
  NetworkSettings: {},
};

describe('a container that runs', () => {
  let fake: FakeEngine;
  let stats: object;
  let events: ServerResponse | undefined;

  beforeEach(async () => {
    fake = await startFakeEngine(({ url }, response) => {
      if (url.includes('/stats')) return void response.end(JSON.stringify(stats));
      if (!url.startsWith('/events')) return void response.end(JSON.stringify(inspected));
      events = response;
      response.write('\n');
    });
  });
  afterEach(() => fake.stop());

  test.each([
    [
      'without the cache of files',
      { usage: 500, limit: 1000, stats: { inactive_file: 200 } },
      { usedBytes: 300, totalBytes: 1000 },
    ],
    ['not known to an engine without the cgroup', {}, null],
  ])('its memory is %s', async (_what, memory, expected) => {
    stats = { memory_stats: memory };
    const engine = await createEngineOpener()(fake.context);
    expect((await findContainerInUse(engine, 'c1'))?.memory).toEqual(expected);
  });

  test('a pause ends what waits for it, and what is left is hung up when it goes on', async () => {
    const engine = await createEngineOpener()(fake.context);
    const hungUp = new Promise<void>((resolve) => {
      const never = new Promise<never>(() => undefined);
      const waits = untilPaused(engine, 'c1', never, () => Promise.resolve(resolve()));
      void expect(waits).rejects.toMatchObject({ code: 'DOCKER_PAUSED', kind: 'transport', retryable: true });
    });
    while (events === undefined) await new Promise((resolve) => setImmediate(resolve));
    events.write('{"Action":"pause"}\n{"Action":"unpause"}\n');
    await hungUp;
  });
});

test('one recipe is the body of a request and a compose file', () => {
  const recipe: ContainerRecipe = {
    image: 'team/image:1',
    platform: null,
    hostname: 'x',
    env: { PRICE: '$1' },
    labels: { 'sindri.environment': 'x' },
    network: 'sindri-x',
    ports: ['8080:80', '2222'],
    volumes: { '/home': 'v' },
    extraHosts: [],
    privileged: false,
    runtime: null,
    gpus: 0,
    memoryMb: 256,
    cpus: 0.5,
    restart: 'no',
  };
  expect(createBody(recipe)).toMatchObject({
    Env: ['PRICE=$1'],
    HostConfig: {
      Memory: 256 * 1024 ** 2,
      NanoCpus: 5e8,
      Mounts: [{ Source: 'v', Target: '/home' }],
      PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }], '2222/tcp': [{ HostPort: '' }] },
    },
  });
  const names = { service: 'x', container: 'sindri-x', passed: ['TOKEN'], volumeLabels: {}, networkLabels: {} };
  expect(composeDocument(recipe, names)).toMatchObject({
    services: {
      x: {
        environment: ['PRICE=$$1', 'TOKEN'],
        ports: ['127.0.0.1:8080:80/tcp', '127.0.0.1::2222/tcp'],
        volumes: ['v:/home'],
        mem_limit: '256m',
        cpus: 0.5,
      },
    },
    networks: { default: { name: 'sindri-x' } },
  });
});

describe('a kept file', () => {
  const kept = {
    stem: 'x-secrets',
    labels: (generation: number) => ({ 'sindri.environment': 'x', 'sindri.generation': String(generation) }),
    former: [],
    image: 'sha256:1',
    accessLabels: {},
    write: () => 'text',
  };

  /** The engine has this volume under the name of the next one, made by somebody else. */
  async function keepBeside(volume: object): Promise<unknown> {
    const fake = await startFakeEngine(({ method }, response) => {
      if (method === 'GET') return void response.end(JSON.stringify(volume));
      response.statusCode = 500;
      response.end('{}');
    });
    try {
      return await keepFile(await createEngineOpener()(fake.context), kept, fake.context);
    } finally {
      await fake.stop();
    }
  }

  test('is not written where somebody else was faster, nor into what is of nobody we know', async () => {
    const Labels = { 'sindri.environment': 'x', 'sindri.generation': '1' };
    expect(await keepBeside({ Name: 'x-secrets-1', Labels })).toBe(false);
    await expect(keepBeside({ Name: 'x-secrets-1', Labels: null })).rejects.toMatchObject({ code: 'DOCKER_REFUSED' });
  });
});
