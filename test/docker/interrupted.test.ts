import { createProvider } from '@sindri/provider-docker';
import { createWorkplace, startRecordingProxy, type RecordingProxy, type Workplace } from '@sindri/testkit';
import type { Environment } from '@sindri/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeWithEngine } from './engine/gate.js';
import { sharedEngine, type RunningEngine } from './engine/shared-engine.js';
import { createDockerDesk, dockerConfig, inventoryOf, newName, removeAll, type ConfigParts } from './environment-on-engine.js';

const mostRequests = 80;
const secret = 'a-value-that-nobody-may-see';

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

  /** Lets nothing through after request number `index`, whose answer is lost, too. Resolves to whether it came so far. */
  async function cutAt(index: number, run: () => Promise<void>): Promise<boolean> {
    let seen = 0;
    const count = (): boolean => {
      seen += 1;
      return false;
    };
    const takeBack = [
      proxy.fail({ fault: { kind: 'cut-after' }, times: Infinity, match: () => count() }),
      proxy.fail({ fault: { kind: 'cut-after' }, nth: index }),
      proxy.fail({ fault: { kind: 'cut-before' }, nth: index + 1, times: Infinity }),
    ];
    await run().catch(() => undefined);
    takeBack.forEach((back) => back());
    return seen >= index;
  }

  const whole = [`container sindri-${name}`, `network sindri-${name}`, `volume sindri-${name}-home`];

  test('deploy and destroy: the next run converges, nothing is there twice, and nothing stays', async () => {
    let cuts = 0;
    for (let index = 1; index <= mostRequests; index += 1) {
      const deploysCut = await cutAt(index, async () => perform(await open(), 'deploy'));
      const again = await open();
      await perform(again, 'deploy');
      expect({ index, left: await inventoryOf(engine.api, name) }).toEqual({ index, left: whole });
      expect({ index, changes: (await again.plan()).changes }).toEqual({ index, changes: [] });
      expect((await again.exec({ command: ['true'] })).exitCode).toBe(0);

      const destroysCut = await cutAt(index, async () => perform(await open(), 'destroy'));
      await perform(await open(), 'destroy');
      expect({ index, left: await inventoryOf(engine.api, name) }).toEqual({ index, left: [] });
      if (!deploysCut && !destroysCut) break;
      cuts = index;
    }
    // If a deploy needed fewer, this test would have cut nothing off.
    expect(cuts).toBeGreaterThanOrEqual(10);
    expect(cuts).toBeLessThan(mostRequests);
  }, 300_000);

  test('an update: the next run converges, and what is in the home stays', async () => {
    await perform(await open(), 'deploy');
    await (await open()).exec({ command: ['sh', '-c', 'echo kept > /alt/home/developer/note'] });
    let cuts = 0;
    for (let index = 1; index <= mostRequests; index += 1) {
      const wanted = { image: `sindri-test:${(index % 2) + 1}`, memory: index % 2 === 0 ? '256MB' : '384MB' };
      const cut = await cutAt(index, async () => perform(await open(wanted), 'deploy'));
      const again = await open(wanted);
      await perform(again, 'deploy');
      expect({ index, left: await inventoryOf(engine.api, name) }).toEqual({ index, left: whole });
      expect({ index, changes: (await again.plan()).changes }).toEqual({ index, changes: [] });
      const { stdout } = await again.exec({ command: ['cat', '/alt/home/developer/note'] });
      expect({ index, note: stdout }).toEqual({ index, note: 'kept\n' });
      if (!cut) break;
      cuts = index;
    }
    expect(cuts).toBeGreaterThanOrEqual(8);
    await perform(await open(), 'destroy');
    expect(await inventoryOf(engine.api, name)).toEqual([]);
  }, 300_000);
});

/** Every so many requests one is the last; the full matrix is above, in one process. */
const sampleEvery = 4;

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
      for (let index = 2; index <= mostRequests; index += sampleEvery) {
        const { child, ended } = desk.start(['deploy', '--yes']);
        let seen = 0;
        const takeBack = proxy.fail({
          fault: { kind: 'cut-before' },
          match: () => {
            seen += 1;
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
    expect(kills).toBeGreaterThanOrEqual(3);
  }, 300_000);
});
