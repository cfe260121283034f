import type { Environment, PlanOptions, SindriEvent } from '@sindri/core';
import { createProvider } from '@sindri/provider-docker';
import { createWorkplace, startRecordingProxy, type RecordingProxy, type Workplace } from '@sindri/testkit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeSubsetWithEngine } from './engine/gate.js';
import { sharedEngine, type RunningEngine } from './engine/shared-engine.js';
import { dockerConfig, inventoryOf, newName, removeAll } from './environment-on-engine.js';

const OPTIONAL = 'secrets:\n  - name: PLAIN\n    source: env\n    required: false\n';
const mostWrites = 30;

/** Every container that is made anew takes a second or two, and there are dozens: this runs in CI's job for Docker. */
describeSubsetWithEngine('secrets beside the config', () => {
  let engine: RunningEngine;
  let directory: string;
  let proxy: RecordingProxy;
  let workplace: Workplace;
  let name: string;

  beforeAll(async () => {
    engine = await sharedEngine();
    directory = mkdtempSync(path.join(tmpdir(), 'sindri-secrets-'));
    const listen = { socketPath: path.join(directory, 'docker.sock') };
    proxy = await startRecordingProxy({ target: { socketPath: engine.socketPath }, listen });
  });
  afterAll(async () => {
    await proxy.close();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    name = newName();
    const env = { DOCKER_HOST: `unix://${proxy.socketPath ?? ''}` };
    workplace = createWorkplace({ providers: [createProvider()], config: '', env });
  });
  afterEach(async () => {
    workplace.remove();
    await removeAll(engine.api, name);
  });

  /** A new process each time: nothing is remembered from the one before. */
  function open(
    env: Record<string, string> = {},
    more: { image?: string; onEvent?: (event: SindriEvent) => void } = {},
  ): Promise<Environment> {
    const { image = 'sindri-test:1', onEvent } = more;
    const config = { text: dockerConfig(name, { image }) + OPTIONAL };
    const all = { ...workplace.env, ...env };
    return workplace.open({ config, env: all, providers: [createProvider()], ...(onEvent ? { onEvent } : {}) });
  }

  async function perform(environment: Environment, request: PlanOptions): Promise<string> {
    const plan = await environment.plan(request);
    await environment.apply(plan);
    return plan.notes.map(({ message }) => message).join('\n');
  }
  const set = (
    environment: Environment,
    secretValues: Record<string, string>,
    more: { unset?: string[]; stage?: true } = {},
  ): Promise<string> =>
    perform(environment, { intent: 'secrets.set', set: Object.keys(secretValues), unset: [], secretValues, ...more });
  const listed = async (environment: Environment): Promise<string[]> =>
    (await environment.secrets()).map(({ name: secret, state, local }) => `${secret} ${state} ${local ?? '-'}`);
  const look = async (environment: Environment): Promise<string> =>
    (await environment.exec({ command: ['sh', '-c', 'printf %s "$TOKEN|$PLAIN|$NEXT"'] })).stdout;

  test('staged, live, in nothing that the engine tells, and there after all that makes a container anew', async () => {
    const value = 'three\nlines # of\n$TOKEN';
    const notices: string[] = [];
    const onEvent = (event: SindriEvent): void => void (event.type === 'notice' && notices.push(event.message));
    let environment = await open({ PLAIN: 'from here' }, { onEvent });
    await perform(environment, { intent: 'deploy' });
    await set(environment, { TOKEN: value });
    expect(await set(environment, { NEXT: 'later' }, { stage: true })).toMatch(/^Staged: NEXT/);
    expect(await listed(environment)).toEqual(['NEXT staged -', 'PLAIN live same', 'TOKEN live -']);
    await environment.restart();
    expect(notices).toContain('Staged: NEXT. `sindri secrets deploy` makes it live, a restart does not.');
    expect(await look(environment)).toBe(`${value}|from here|`);

    // A restore takes no secret back, and brings none.
    await perform(environment, { intent: 'snapshot.create' });
    const [snapshot] = await environment.snapshots();
    await perform(environment, { intent: 'snapshot.restore', snapshot: snapshot?.id ?? '' });
    expect(await look(environment)).toBe(`${value}|from here|`);

    // A deploy that makes the container anew brings along what waits; whoever has no value of a secret of the config leaves it as it is.
    environment = await open({}, { image: 'sindri-test:2' });
    await perform(environment, { intent: 'deploy' });
    expect(await look(environment)).toBe(`${value}|from here|later`);

    // A value of the config counts over one that was set before; a container that sleeps is not woken.
    await set(environment, { PLAIN: 'by hand' });
    environment = await open({ PLAIN: 'from here' }, { image: 'sindri-test:2' });
    await perform(environment, { intent: 'deploy' });
    await environment.stop();
    expect(await set(environment, {}, { unset: ['NEXT'] })).toMatch(/is stopped and stays asleep/);
    expect((await environment.status()).state).toBe('stopped');
    expect(await listed(environment)).toEqual(['PLAIN live same', 'TOKEN live -']);
    await environment.start();
    expect(await look(environment)).toBe(`${value}|from here|`);

    const told = await Promise.all(
      (await inventoryOf(engine.api, name)).map((line) => {
        const [type, thing] = line.split(' ') as [string, string];
        return engine.api.call('GET', type === 'container' ? `/containers/${thing}/json` : `/${type}s/${thing}`);
      }),
    );
    expect(JSON.stringify(told)).not.toMatch(/three|from here|by hand|later/);
    await perform(environment, { intent: 'destroy' });
    expect(await inventoryOf(engine.api, name)).toEqual([]);
  }, 180_000);

  test('of two at once one is told that the other was faster, and what both had said can be said again', async () => {
    const environment = await open({ PLAIN: 'x' });
    await perform(environment, { intent: 'deploy' });
    const [one, two] = [await open(), await open()];
    const ends = await Promise.allSettled([
      set(one, { TOKEN: 'a' }, { stage: true }),
      set(two, { NEXT: 'b' }, { stage: true }),
    ]);
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [(end.reason as { code: string }).code] : []));
    expect(failed).toEqual(failed.map(() => 'DOCKER_CHANGED'));
    await set(environment, { TOKEN: 'a', NEXT: 'b' });
    expect(await look(environment)).toBe('a|x|b');
    expect((await inventoryOf(engine.api, name)).filter((line) => line.includes('secrets'))).toHaveLength(1);
  }, 180_000);

  test.each([
    ['that runs', false],
    ['that sleeps', true],
  ])(
    'cut off after each write, in an environment %s: nothing that was set is lost, and the next run converges',
    async (_how, sleeps) => {
      const env = { PLAIN: 'x' };
      await perform(await open(env), { intent: 'deploy' });
      await set(await open(env), { TOKEN: 'first' });
      let cuts = 0;
      for (let index = 1; index <= mostWrites; index += 1) {
        if (sleeps) await (await open(env)).stop();
        const value = `value ${index}`;
        let writes = 0;
        const takeBack = [
          proxy.fail({ fault: { kind: 'cut-before' }, times: Infinity, match: () => writes >= index }),
          proxy.fail({
            fault: { kind: 'cut-after' },
            nth: index,
            match: ({ method }) => !['GET', 'HEAD'].includes(method) && (writes += 1) > 0,
          }),
        ];
        await set(await open(env), { NEXT: value }).catch(() => undefined);
        takeBack.forEach((back) => back());
        const again = await open(env);
        // Whoever had said it says it again; where there is no container any more, a deploy makes it, with all that was kept.
        const isThere = (await again.status()).state === 'running' || (await again.status()).state === 'stopped';
        if (!isThere) await perform(again, { intent: 'deploy' });
        await set(again, { NEXT: value });
        await again.start();
        expect({ index, inside: await look(again) }).toEqual({ index, inside: `first|x|${value}` });
        expect({ index, changes: (await again.plan()).changes }).toEqual({ index, changes: [] });
        const left = (await inventoryOf(engine.api, name)).map((line) => line.replace(/-\d+$/, ''));
        // Who is cut off right after a volume counts leaves the one before it, until the next secret is set.
        const isLast = writes < index;
        const thing = `sindri-${name}`;
        const whole = [`container ${thing}`, `network ${thing}`, `volume ${thing}-home`, `volume ${thing}-secrets`];
        expect({ index, left: isLast ? left : [...new Set(left)] }).toEqual({ index, left: whole });
        if (isLast) break;
        cuts += 1;
      }
      expect(cuts).toBeGreaterThanOrEqual(6);
    },
    400_000,
  );
});
