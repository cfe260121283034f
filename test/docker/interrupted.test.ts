import { createProvider } from '@sindri/provider-docker';
import {
  createWorkplace,
  startRecordingProxy,
  type ProxiedRequest,
  type RecordingProxy,
  type Workplace,
} from '@sindri/testkit';
import type { Environment } from '@sindri/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeWithEngine } from './engine/gate.js';
import { sharedEngine, type RunningEngine } from './engine/shared-engine.js';
import {
  createDockerDesk,
  dockerConfig,
  inventoryOf,
  newName,
  removeAll,
  type ConfigParts,
} from './environment-on-engine.js';

const mostWrites = 30;
const secret = 'a-value-that-nobody-may-see';
const isWrite = ({ method }: ProxiedRequest): boolean => method !== 'GET' && method !== 'HEAD';

/**
 * Whoever is cut off at a read leaves the engine as the write before it has left it, so a cut after each write leads to every state that a
 * cut at any request can lead to; before the first there is nothing to see.
 */
describeWithEngine('a client that loses the engine at any request', () => {
  let engine: RunningEngine;
  let directory: string;
  let proxy: RecordingProxy;
  let workplace: Workplace;
  const name = newName();

  beforeAll(async () => {
    engine = await sharedEngine();
    directory = mkdtempSync(path.join(tmpdir(), 'sindri-cut-'));
    proxy = await startRecordingProxy({
      target: { socketPath: engine.socketPath },
      listen: { socketPath: path.join(directory, 'docker.sock') },
    });
    const env = { DOCKER_HOST: `unix://${proxy.socketPath ?? ''}`, DATABASE_URL: secret };
    workplace = createWorkplace({ providers: [createProvider()], config: config(), env });
  });
  afterAll(async () => {
    await proxy.close();
    workplace.remove();
    rmSync(directory, { recursive: true, force: true });
    await removeAll(engine.api, name);
  });

  function config(parts: ConfigParts = {}): string {
    return dockerConfig(name, { secrets: ['DATABASE_URL'], ...parts });
  }

  /** A new process each time: nothing is remembered from the one that was cut off. */
  async function open(parts?: ConfigParts): Promise<Environment> {
    return workplace.open({ config: { text: config(parts) }, providers: [createProvider()] });
  }

  async function perform(environment: Environment, intent: 'deploy' | 'destroy'): Promise<void> {
    await environment.apply(await environment.plan({ intent }));
  }

  /** Lets nothing through after write number `index`, whose answer is lost, too. Whether there was such a write. */
  async function cutAfterWrite(index: number, run: () => Promise<void>): Promise<boolean> {
    let writes = 0;
    const takeBack = [
      proxy.fail({ fault: { kind: 'cut-before' }, times: Infinity, match: () => writes >= index }),
      proxy.fail({ fault: { kind: 'cut-after' }, nth: index, match: (one) => isWrite(one) && (writes += 1) > 0 }),
    ];
    await run().catch(() => undefined);
    takeBack.forEach((back) => back());
    return writes >= index;
  }

  const whole = [`container sindri-${name}`, `network sindri-${name}`, `volume sindri-${name}-home`];

  /** Cuts `run` off after each of its writes in turn, and lets `check` look; the last run is whole. Returns how often it was cut off. */
  async function afterEachWrite(
    run: () => Promise<void>,
    check: (index: number, isCut: boolean) => Promise<void>,
  ): Promise<number> {
    for (let index = 1; index <= mostWrites; index += 1) {
      const isCut = await cutAfterWrite(index, run);
      await check(index, isCut);
      if (!isCut) return index - 1;
    }
    throw new Error(`more than ${mostWrites} writes`);
  }

  test('a deploy: the next run converges, and nothing is there twice', async () => {
    const cuts = await afterEachWrite(
      async () => perform(await open(), 'deploy'),
      async (index) => {
        const again = await open();
        await perform(again, 'deploy');
        expect({ index, left: await inventoryOf(engine.api, name) }).toEqual({ index, left: whole });
        expect({ index, changes: (await again.plan()).changes }).toEqual({ index, changes: [] });
        expect((await again.exec({ command: ['true'] })).exitCode).toBe(0);
        await perform(again, 'destroy');
        expect({ index, left: await inventoryOf(engine.api, name) }).toEqual({ index, left: [] });
      },
    );
    // Network, volume, container, secrets, start. If a deploy needed fewer, this test would have cut nothing off.
    expect(cuts).toBeGreaterThanOrEqual(5);
  }, 400_000);

  test('a destroy: the next run leaves nothing', async () => {
    await perform(await open(), 'deploy');
    const cuts = await afterEachWrite(
      async () => perform(await open(), 'destroy'),
      async (index, isCut) => {
        await perform(await open(), 'destroy');
        expect({ index, left: await inventoryOf(engine.api, name) }).toEqual({ index, left: [] });
        if (isCut) await perform(await open(), 'deploy');
      },
    );
    expect(cuts).toBeGreaterThanOrEqual(4);
  }, 400_000);

  test.each([
    ['snapshot.create', 3],
    ['snapshot.restore', 5],
  ] as const)(
    'a %s: a destroy leaves nothing',
    async (intent, atLeast) => {
      const copy = async (wanted: 'snapshot.create' | 'snapshot.restore'): Promise<void> => {
        const environment = await open();
        const snapshot = (await environment.snapshots())[0]?.id ?? '';
        const plan = wanted === 'snapshot.create' ? { intent: wanted } : { intent: wanted, snapshot };
        await environment.apply(await environment.plan(plan), { consent: true });
      };
      const prepare = async (): Promise<void> => {
        await perform(await open(), 'deploy');
        if (intent === 'snapshot.restore') await copy('snapshot.create');
      };
      await prepare();
      const cuts = await afterEachWrite(
        () => copy(intent),
        async (index, isCut) => {
          await perform(await open(), 'destroy');
          expect({ index, left: await inventoryOf(engine.api, name) }).toEqual({ index, left: [] });
          if (isCut) await prepare();
        },
      );
      expect(cuts).toBeGreaterThanOrEqual(atLeast);
    },
    400_000,
  );

  test('an update: the next run converges, and what is in the home stays', async () => {
    await perform(await open(), 'deploy');
    await (await open()).exec({ command: ['sh', '-c', 'echo kept > /alt/home/developer/note'] });
    let image = '1';
    const wanted = (): ConfigParts => ({ image: `sindri-test:${image}`, memory: image === '1' ? '256MB' : '384MB' });
    const cuts = await afterEachWrite(
      async () => perform(await open({ ...wanted(), image: `sindri-test:${image === '1' ? '2' : '1'}` }), 'deploy'),
      async (index) => {
        image = image === '1' ? '2' : '1';
        const again = await open(wanted());
        await perform(again, 'deploy');
        expect({ index, left: await inventoryOf(engine.api, name) }).toEqual({ index, left: whole });
        expect({ index, changes: (await again.plan()).changes }).toEqual({ index, changes: [] });
        const { stdout } = await again.exec({ command: ['cat', '/alt/home/developer/note'] });
        expect({ index, note: stdout }).toEqual({ index, note: 'kept\n' });
      },
    );
    expect(cuts).toBeGreaterThanOrEqual(5);
    await perform(await open(), 'destroy');
    expect(await inventoryOf(engine.api, name)).toEqual([]);
  }, 400_000);
});

/** Every so many writes one is the last; the full matrix is above, in one process. */
const sampleEvery = 2;

describeWithEngine('a command that is killed', () => {
  test('the next run converges, and destroy leaves nothing', async () => {
    const engine = await sharedEngine();
    const directory = mkdtempSync(path.join(tmpdir(), 'sindri-kill-'));
    const proxy = await startRecordingProxy({
      target: { socketPath: engine.socketPath },
      listen: { socketPath: path.join(directory, 'docker.sock') },
    });
    const desk = createDockerDesk({ ...engine, host: `unix://${proxy.socketPath ?? ''}` });
    desk.configure();
    let kills = 0;
    try {
      for (let index = 1; index <= mostWrites; index += sampleEvery) {
        const { child, ended } = desk.start(['deploy', '--yes']);
        let seen = 0;
        const takeBack = proxy.fail({
          fault: { kind: 'cut-before' },
          match: (request) => {
            if (isWrite(request)) seen += 1;
            if (seen === index) child.kill('SIGKILL');
            return false;
          },
        });
        const { signal } = await ended;
        takeBack();
        await desk.succeed(['deploy', '--yes']);
        expect({ index, left: (await desk.inventory()).length }).toEqual({ index, left: 3 });
        await desk.succeed(['destroy', '--yes']);
        expect({ index, left: await desk.inventory() }).toEqual({ index, left: [] });
        if (signal !== 'SIGKILL') break;
        kills += 1;
      }
    } finally {
      await desk.clear();
      await proxy.close();
      rmSync(directory, { recursive: true, force: true });
    }
    expect(kills).toBeGreaterThanOrEqual(2);
  }, 300_000);
});
