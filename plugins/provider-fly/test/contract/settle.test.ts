import { isSindriError } from '@sindri/core';
import { createVirtualClock } from '@sindri/fly-emulator';
import { passingClock } from '../../../../test/e2e/passing-clock';
import { fastClock } from '../support/context';
import {
  createWorkplace,
  oneEnvironment,
  quickstart,
  type EmulatorOptions,
  type Workplace,
} from '../support/workplace';

const smaller = quickstart.replace('4GB', '2GB');
const clock = fastClock(20);

let workplace: Workplace;
const begin = async (options: EmulatorOptions = {}): Promise<void> => {
  workplace = await createWorkplace(options);
  await workplace.deploy({ clock });
  workplace.events.length = 0;
  workplace.emulator.requests.clear();
};
afterEach(() => workplace.remove());

const machine = () => workplace.emulator.inspect().machines.find(({ state }) => state !== 'destroyed');
const starts = (): number =>
  workplace.emulator.requests.list().filter(({ path, status }) => path.endsWith('/start') && status === 200).length;
const inject = (name: string, params: Record<string, string | number> = {}, times = 1): void =>
  void workplace.emulator.faults.inject({ name, params, times });
const progress = (): string[] =>
  workplace.events.flatMap((event) =>
    event.type === 'change.progress' ? [event.message] : event.type === 'phase.started' ? [event.title] : [],
  );

/** What every deploy must leave: the wanted config, running, nothing left to do, and nothing twice. */
async function expectUsable(config: string): Promise<void> {
  expect(machine()).toMatchObject({ state: 'started', leased: false });
  expect((await workplace.plan({ config, clock })).changes).toEqual([]);
  expect(workplace.alive()).toEqual(oneEnvironment);
}

describe('an update never starts a machine that does not run, so deploy does', () => {
  it.each(['stop', 'suspend'] as const)('after a %s', async (verb) => {
    workplace = await createWorkplace({ latency: { updateMs: 100 } });
    await workplace.deploy({ config: smaller, clock });
    const environment = await workplace.open({ config: smaller, clock });
    await environment[verb]();
    const config = smaller.replace('2GB', '1GB');
    await workplace.deploy({ config, clock });
    expect(machine()).toMatchObject({ config: { guest: { memory_mb: 1024 } } });
    await expectUsable(config);
  });

  it('when Fly puts it to sleep between the look and the update', async () => {
    await begin({ latency: { updateMs: 100 } });
    inject('asleep-before-update');
    await workplace.deploy({ config: smaller, clock });
    expect(starts()).toBe(1);
    await expectUsable(smaller);
  });

  it('when Fly puts it to sleep as soon as it is started', async () => {
    await begin();
    inject('sleeps-at-once', {}, 2);
    await workplace.deploy({ config: smaller, clock });
    expect(starts()).toBe(2);
    await expectUsable(smaller);
  });

  it('but gives up with a clear word when that never ends', async () => {
    await begin();
    inject('sleeps-at-once', {}, 0);
    await expect(workplace.deploy({ config: smaller, clock })).rejects.toMatchObject({
      code: 'FLY_MACHINE_STOPPED',
      kind: 'incomplete',
      message: expect.stringContaining('my-sindri-fly-1'),
    });
    workplace.emulator.faults.clear();
    await (await workplace.open({ config: smaller, clock })).start();
    await expectUsable(smaller);
  });

  it('also when a start is accepted and dropped', async () => {
    await begin();
    inject('asleep-before-update');
    inject('start-dropped', {}, 2);
    await workplace.deploy({ config: smaller, clock });
    expect(starts()).toBe(3);
    await expectUsable(smaller);
  });

  it('repeats the start while Fly says "not yet"', async () => {
    await begin();
    inject('asleep-before-update');
    inject('still-active', {}, 3);
    await workplace.deploy({ config: smaller, clock });
    await expectUsable(smaller);
  });

  it('a detached deploy asks for the start of what sleeps, and does not wait for it', async () => {
    await begin({ latency: { startMs: 400 } });
    await (await workplace.open({ clock })).stop();
    await workplace.deploy({ config: smaller, clock, detach: true });
    expect(starts()).toBe(1);
    expect(machine()?.state).not.toBe('stopped');
  });
});

describe('an image that takes long to prepare', () => {
  it.each([70_000, 98_000])(
    '%s ms, on create and on update: a machine in the end, and a word at once',
    async (ms) => {
      const virtual = createVirtualClock();
      workplace = await createWorkplace({ clock: virtual });
      // Fly's time passes while the client waits; the client's own clock keeps step. In small steps, for several wait at once, and who
      // waits shortest is awake first: a lease is to be kept alive meanwhile.
      const inStep = {
        now: () => virtual.now(),
        async sleep(pauseMs: number, signal?: AbortSignal) {
          const until = virtual.now() + pauseMs;
          do {
            signal?.throwIfAborted();
            await virtual.advance(Math.max(0, Math.min(100, until - virtual.now())));
            await new Promise((resolve) => setImmediate(resolve));
          } while (virtual.now() < until);
          signal?.throwIfAborted();
        },
      };
      inject('image-preparing', { ms });
      await workplace.deploy({ clock: inStep });
      expect(progress()).toContainEqual(expect.stringMatching(/my-sindri-fly-1/));
      inject('image-preparing', { ms });
      inject('asleep-before-update');
      await workplace.deploy({ clock: inStep, config: smaller });
      expect(machine()).toMatchObject({ state: 'started', config: { guest: { memory_mb: 2048 } } });
      expect((await workplace.plan({ clock: inStep, config: smaller })).changes).toEqual([]);
    },
    60_000,
  );
});

describe('an update that was cut while the machine is being replaced', () => {
  /** Accepted and left behind: as if the client had been killed right after the answer. */
  async function cut(config: string): Promise<void> {
    const controller = new AbortController();
    const off = workplace.emulator.requests.onRequest(({ method, path }, phase) => {
      if (phase === 'committed' && method === 'POST' && /\/machines\/\w+$/.test(path)) controller.abort();
    });
    const ended = await workplace.deploy({ config, clock, signal: controller.signal }).catch((error: unknown) => error);
    off();
    expect(isSindriError(ended) && ended.code).toBe('OPERATION_CANCELLED');
    expect(machine()?.state).toBe('replacing');
  }

  it.each([
    ['one that ran', async () => undefined],
    ['one that was left stopped', async () => inject('asleep-before-update')],
  ])('is a change of its own: %s', async (_what, prepare) => {
    await begin({ latency: { updateMs: 1_500 } });
    await prepare();
    await cut(smaller);
    const { changes } = await workplace.plan({ config: smaller, clock });
    expect(changes).toMatchObject([{ action: 'start', title: 'finish the update of machine my-sindri-fly-1' }]);
    workplace.events.length = 0;
    await workplace.deploy({ config: smaller, clock });
    const waits = workplace.events.filter(({ type }) => type === 'change.progress');
    expect(waits).toContainEqual(expect.objectContaining({ message: expect.stringContaining('still replacing') }));
    await expectUsable(smaller);
  });

  it('left stopped and found later, it is started', async () => {
    await begin({ latency: { updateMs: 200 } });
    inject('asleep-before-update');
    await cut(smaller);
    await workplace.emulator.admin.untilState('my-sindri-fly', 'my-sindri-fly-1', 'stopped');
    expect((await workplace.plan({ config: smaller, clock })).changes).toMatchObject([
      { action: 'start', differences: [{ why: expect.stringContaining('update') }] },
    ]);
    await workplace.deploy({ config: smaller, clock });
    await expectUsable(smaller);
  });

  it('another config meanwhile waits for its end before it is sent', async () => {
    await begin({ latency: { updateMs: 1_000 } });
    await cut(smaller);
    const config = smaller.replace('cpus: 2', 'cpus: 4');
    await workplace.deploy({ config, clock });
    await expectUsable(config);
  });

  it.each(['start', 'exec'] as const)('%s says at once what it waits for, and gets there', async (verb) => {
    // The update ends once it was told that it is waited for, and not before.
    const updateMs = 60_000;
    const platform = passingClock();
    await begin({ latency: { updateMs }, clock: platform });
    inject('asleep-before-update');
    await cut(smaller);
    workplace.events.length = 0;
    const environment = await workplace.open({ config: smaller, clock });
    let isTold = false;
    const told = setInterval(() => {
      if (!progress().some((text) => /replacing/.test(text))) return;
      clearInterval(told);
      isTold = true;
      void platform.advance(updateMs);
    }, 20);
    if (verb === 'start') expect(await environment.start()).toMatchObject({ after: 'running' });
    else {
      const session = await environment.session({ command: 'true' });
      session.stdout.resume();
      expect((await session.exited).code).toBe(0);
    }
    clearInterval(told);
    expect(isTold).toBe(true);
    expect(machine()?.state).toBe('started');
  });

  it.each(['stop', 'suspend'] as const)('%s waits for its end', async (verb) => {
    workplace = await createWorkplace({ latency: { updateMs: 500 } });
    await workplace.deploy({ config: smaller, clock });
    const config = smaller.replace('2GB', '1GB');
    await cut(config);
    const environment = await workplace.open({ config, clock });
    await environment[verb]();
    expect(machine()?.state).toBe(verb === 'stop' ? 'stopped' : 'suspended');
  });

  it('that never ends is told within bounds, with a way out that works', async () => {
    const platform = passingClock();
    await begin({ clock: platform });
    inject('stuck-replacing');
    // Fly answers a wait when its time is over. Both times pass alike, and no faster than a busy machine renews a lease.
    const passing = setInterval(() => void platform.advance(10_000), 100);
    const failed = await workplace.deploy({ config: smaller, clock: fastClock(100) }).catch((error: unknown) => error);
    clearInterval(passing);
    expect(failed).toMatchObject({
      code: 'FLY_STATE_TIMEOUT',
      kind: 'incomplete',
      message: expect.stringContaining('replacing'),
      hint: expect.stringContaining('sindri destroy --keep-volumes'),
    });
    const environment = await workplace.open({ config: smaller, clock });
    await environment.apply(await environment.plan({ intent: 'destroy', keep: ['volume'] }));
    await workplace.deploy({ config: smaller, clock });
    await expectUsable(smaller);
  }, 60_000);
});

describe('what Fly takes back or refuses', () => {
  it('an image that cannot be pulled is a failure, not a success, and the old version runs on', async () => {
    await begin();
    inject('image-pull-fails', { message: 'manifest unknown' });
    await expect(workplace.deploy({ config: smaller, clock })).rejects.toMatchObject({
      code: 'FLY_UPDATE_REVERTED',
      hint: expect.stringContaining('manifest unknown'),
    });
    expect(machine()).toMatchObject({ state: 'started', config: { guest: { memory_mb: 4096 } } });
    expect((await workplace.plan({ config: smaller, clock })).changes).not.toEqual([]);
  });

  it("an image in Fly's registry that was pushed a moment ago is waited for, another one is not", async () => {
    workplace = await createWorkplace();
    const of = (image: string): string => quickstart.replace('provider: fly', `provider: fly\n  image: ${image}`);
    const digest = `sha256:${'a'.repeat(64)}`;
    inject('image-not-found', {}, 3);
    await workplace.deploy({ config: of(`registry.fly.io/my-sindri-fly@${digest}`), clock });
    expect(machine()?.state).toBe('started');
    expect(progress()).toContain('waiting until Fly finds the image that was just pushed');
    await workplace.destroy({ clock });
    inject('image-not-found', {}, 1);
    await expect(workplace.deploy({ config: of(`ghcr.io/team/app@${digest}`), clock })).rejects.toMatchObject({
      code: 'FLY_IMAGE_NOT_FOUND',
    });
  });

  it('a machine whose suspend goes on refuses to start for a while', async () => {
    workplace = await createWorkplace({ latency: { suspendMs: 300 } });
    await workplace.deploy({ config: smaller, clock });
    inject('start-while-suspending', {}, 0);
    const path = `/v1/apps/my-sindri-fly/machines/${machine()?.id}/suspend`;
    const headers = { authorization: `Bearer ${workplace.emulator.token}` };
    await fetch(`${workplace.emulator.url}${path}`, { method: 'POST', headers });
    expect(machine()?.state).toBe('suspending');
    const environment = await workplace.open({ config: smaller, clock });
    expect(await environment.start()).toMatchObject({ after: 'running' });
  });

  it('a volume that still counts as that of the machine just destroyed is waited for', async () => {
    workplace = await createWorkplace();
    inject('volume-still-claimed', {}, 5);
    await workplace.deploy({ clock });
    await expectUsable(quickstart);
    expect(progress()).toContainEqual(expect.stringMatching(/volume/));
    expect(JSON.stringify(workplace.events)).not.toContain('\\u0000');
  });

  it('a volume that another living machine has is refused at once', async () => {
    workplace = await createWorkplace();
    workplace.emulator.admin.seedApp({ name: 'other' });
    inject('volume-still-claimed', { machine: '148e2d1fc76789' }, 0);
    await expect(workplace.deploy({ clock: fastClock(200) })).rejects.toMatchObject({ code: 'FLY_VOLUME_ATTACHED' });
  });
});
