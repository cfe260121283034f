import { systemClock, type Clock, type Hold } from '@sindri/core';
import { createVirtualClock, type VirtualClock } from '@sindri/fly-emulator';
import { fastClock } from '../support/context';
import { createWorkplace, quickstart, type EmulatorOptions, type Workplace } from '../support/workplace';

const MINUTE = 60_000;
const config = `${quickstart.replace('4GB', '2GB')}extensions:\n  profile: fullstack\n`;

/** The provider's clock is the emulator's. */
function following(clock: VirtualClock): Clock {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = clock.after(ms, () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        });
        const stop = (): void => {
          cancel();
          reject(signal?.reason as Error);
        };
        if (signal?.aborted) stop();
        else signal?.addEventListener('abort', stop, { once: true });
      }),
  };
}

describe('keeping a machine awake', () => {
  let workplace: Workplace;
  let time: VirtualClock;

  const start = async (options: EmulatorOptions = {}): Promise<void> => {
    time = createVirtualClock();
    workplace = await createWorkplace({
      clock: time,
      idleTimeoutMs: 5 * MINUTE,
      edgeCheckIntervalMs: MINUTE,
      ...options,
    });
    await workplace.deploy({ config });
  };
  const open = () => workplace.open({ config, clock: following(time) });
  /** Lets so much time pass, and everything that is due in it be done, over sockets too. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= MINUTE) {
      await time.advance(Math.min(left, MINUTE));
      await systemClock.sleep(5);
    }
  };
  const hold = async (
    request: { reason?: string; durationMs?: number; untilInstalled?: boolean; signal?: AbortSignal } = {},
  ): Promise<Hold> => {
    const { signal, ...rest } = request;
    return (await open()).hold({ durationMs: 40 * MINUTE, reason: 'a job', ...rest }, { signal });
  };
  const machine = () => workplace.emulator.inspect().machines[0];
  const installing = { latency: { installMs: 6 * MINUTE } };

  afterEach(() => workplace.remove());

  it('without anything it is suspended in the middle of its installation, and the marker never comes', async () => {
    await start({ settings: {}, ...installing });
    await pass(8 * MINUTE);
    expect(machine()?.state).toBe('suspended');
  });

  it('waits until the extensions are installed, and tells what the installer writes', async () => {
    await start({ settings: { autostopHeedsLeases: false }, ...installing });
    const held = await hold({ reason: 'installing extensions', untilInstalled: true });
    expect(held.by).toEqual(['an open connection', 'a lease']);
    await pass(5 * MINUTE);
    expect(machine()?.state).toBe('started');
    expect((await (await open()).status()).holds).toEqual([
      { reason: 'installing extensions', by: 'tester', until: expect.stringMatching(/Z$/) as string },
    ]);
    await pass(3 * MINUTE);
    await expect(held.ended).resolves.toBe('installed');
    const told = workplace.events.flatMap((event) => (event.type === 'log.line' ? [event.message] : []));
    expect(told).toEqual([
      'Installing profile fullstack',
      ...Array.from({ length: 10 }, (_, n) => `Step ${n + 1} of 10`),
      'Installed profile fullstack',
    ]);
    expect((await (await open()).status()).holds).toBeUndefined();
    await pass(5 * MINUTE);
    expect(machine()?.state).toBe('suspended');
  });

  it('is renewed while it lasts, and ends by itself', async () => {
    await start();
    const held = await hold();
    await pass(38 * MINUTE);
    expect(machine()?.state).toBe('started');
    await pass(3 * MINUTE);
    await expect(held.ended).resolves.toBe('expired');
    await pass(5 * MINUTE);
    expect(machine()?.state).toBe('suspended');
  });

  it('a lease whose holder has crashed ends by itself within the hour', async () => {
    await start();
    const { url, token } = workplace.emulator;
    await fetch(`${url}/v1/apps/my-sindri-fly/machines/${machine()?.id}/lease`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ ttl: 3_600, description: 'sindri hold: a job, by tester #1' }),
    });
    await pass(58 * MINUTE);
    expect(machine()?.state).toBe('started');
    await pass(5 * MINUTE);
    expect(machine()?.state).toBe('suspended');
  });

  it('is in the way of no command of ours; a stop ends it, and the next connection wakes the machine', async () => {
    await start();
    const held = await hold();
    const environment = await open();
    expect(await environment.stop()).toEqual({ before: 'running', after: 'stopped' });
    await pass(2 * MINUTE);
    await expect(held.ended).resolves.toBe('interrupted');
    expect((await environment.status()).holds).toBeUndefined();
    expect(await environment.start()).toEqual({ before: 'stopped', after: 'running' });
  });

  it('goes on after a deploy has replaced what runs', async () => {
    await start();
    const held = await hold();
    await workplace.deploy({ config: config.replace('cpus: 2', 'cpus: 4') });
    await pass(6 * MINUTE);
    expect(machine()?.state).toBe('started');
    expect((await (await open()).status()).holds).toHaveLength(1);
    await held.release();
    await expect(held.ended).resolves.toBe('released');
  });

  it('an abort gives everything back', async () => {
    await start();
    const controller = new AbortController();
    const held = await hold({ signal: controller.signal });
    controller.abort();
    await expect(held.ended).rejects.toThrow();
    expect((await (await open()).status()).holds).toBeUndefined();
    await pass(5 * MINUTE);
    expect(machine()?.state).toBe('suspended');
  });

  it('is held and let go also where an answer is lost, whichever it is', async () => {
    await start();
    const { faults } = workplace.emulator;
    // What is sent again waits a moment, which nobody lets pass on the emulator's clock.
    const environment = await workplace.open({ config, clock: fastClock(20) });
    let tried = 0;
    for (const method of ['POST', 'DELETE']) {
      for (let nth = 1, struck = true; struck; nth++) {
        const id = faults.inject({ name: 'lost-answer', match: { method, nth }, times: 1 });
        const held = await environment.hold({ durationMs: 40 * MINUTE, reason: 'a job' });
        await held.release();
        struck = !faults.list().some((active) => active.id === id);
        faults.clear();
        const { state, holds } = await environment.status();
        expect({ method, nth, state, holds: holds ?? [] }).toEqual({ method, nth, state: 'running', holds: [] });
        tried += struck ? 1 : 0;
      }
    }
    expect(tried).toBeGreaterThanOrEqual(2);
  });

  it('there is nothing to wait for without extensions, without auto-stop, or when all is installed', async () => {
    await start();
    const untilInstalled = { durationMs: MINUTE, untilInstalled: true };
    const bare = await workplace.open({ config: config.replace(/extensions:[^]*/, ''), clock: following(time) });
    expect(await (await bare.hold(untilInstalled)).ended).toBe('installed');
    expect(await (await hold(untilInstalled)).ended).toBe('installed');
    expect((await hold(untilInstalled)).by).toEqual([]);
  });

  it('no guard is left inside of an app without a token', async () => {
    await start(installing);
    const environment = await open();
    await expect(environment.hold({ durationMs: MINUTE, untilInstalled: true, detach: true })).rejects.toMatchObject({
      code: 'FLY_GUARD_IMPOSSIBLE',
      kind: 'refused',
    });
  });

  it('a guard that a detached deploy leaves inside keeps it awake until the extensions are installed', async () => {
    const withToken = `${config}secrets:\n  - { name: FLY_API_TOKEN, source: env }\n`;
    time = createVirtualClock();
    const idle = { idleTimeoutMs: 3 * MINUTE, edgeCheckIntervalMs: MINUTE };
    workplace = await createWorkplace({
      runtime: 'processes',
      clock: time,
      settings: { autostopHeedsLeases: false },
      ...idle,
    });
    await workplace.deploy({ config: withToken });
    const environment = await workplace.open({ config: withToken });
    const inside = (script: string) => environment.exec({ command: ['sh', '-c', script] });
    // As on a first boot that still installs.
    await inside('rm "$ALT_HOME/.sindri/bootstrap-complete"');

    const held = await environment.hold({
      durationMs: 60 * MINUTE,
      reason: 'installing',
      untilInstalled: true,
      detach: true,
    });
    await expect(held.ended).resolves.toBe('detached');
    const holds = async () => (await environment.status()).holds;
    await expect(eventually(async () => ((await holds()) ?? []).length === 1)).resolves.toBe(true);
    expect(await holds()).toMatchObject([{ reason: 'installing', by: 'a-guard-inside' }]);
    await pass(10 * MINUTE);
    expect(machine()?.state).toBe('started');
    expect((await inside('ps -eo args')).stdout).not.toContain(workplace.emulator.token);
    await inside('touch "$ALT_HOME/.sindri/bootstrap-complete"');
    await expect(eventually(async () => (await holds()) === undefined)).resolves.toBe(true);
  });
});

/** Real processes take real time. */
async function eventually(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 150; tries++) {
    if (await isSo()) return true;
    await systemClock.sleep(100);
  }
  return false;
}
