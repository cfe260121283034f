import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { passingClock, type PassingClock } from './passing-clock';
import { createWorkplace, quickstart, type Workplace } from './sindri';

/** More than a first deploy sends, waits included; the loop ends by itself when a deploy finishes before index n. */
const mostRequests = 40;

describe('a deploy whose client is killed', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;
  let clock: PassingClock;

  beforeEach(async () => {
    clock = passingClock();
    emulator = await startFlyEmulator({ clock });
    workplace = createWorkplace(emulator.env);
    workplace.write('sindri.yaml', quickstart());
  });

  afterEach(async () => {
    await emulator.stop();
    workplace.remove();
  });

  it('converges on the next run, whichever request was the last, and leaves nothing after destroy', async () => {
    let killedAt = 0;
    for (let index = 1; index <= mostRequests; index += 1) {
      const finished = await killedAfter(emulator, workplace, ['deploy', '--yes'], index);
      const off = leasesEnd(emulator, clock);
      const again = await workplace.run(['deploy', '--yes']);
      expect({ index, code: again.code, stderr: again.code === 0 ? '' : again.stderr }).toEqual({
        index,
        code: 0,
        stderr: '',
      });
      expect({ index, ...count(emulator) }).toEqual({ index, apps: 1, volumes: 1, machines: 1, ips: 2 });
      const destroyed = await workplace.run(['destroy', '--yes']);
      expect({ index, code: destroyed.code, stderr: destroyed.code === 0 ? '' : destroyed.stderr }).toEqual({
        index,
        code: 0,
        stderr: '',
      });
      expect({ index, ...count(emulator) }).toEqual({ index, apps: 0, volumes: 0, machines: 0, ips: 0 });
      off();
      if (finished) {
        killedAt = index - 1;
        break;
      }
    }
    // A deploy of one machine cannot be done in fewer requests; if it were, this test would have killed nothing.
    expect(killedAt).toBeGreaterThanOrEqual(8);
  }, 600_000);
});

/** Every so many requests one is the last; the full matrix runs in one process, in the provider's own tests. */
const sampleEvery = 4;

describe('a client that is killed in the middle of', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;
  let clock: PassingClock;

  beforeAll(async () => {
    clock = passingClock();
    // Long enough for a kill to hit the moments between two states.
    emulator = await startFlyEmulator({ clock, latency: { updateMs: 400, stopMs: 100, startMs: 100 } });
    workplace = createWorkplace(emulator.env);
    workplace.write('sindri.yaml', config());
    await succeed(['deploy', '--yes']);
  }, 120_000);

  afterAll(async () => {
    await emulator.stop();
    workplace.remove();
  });

  const size = { memory: '4GB', gigabytes: 30, image: 'ghcr.io/pacphi/sindri:3' };
  const config = (): string =>
    quickstart('my-sindri-fly', [
      ['memory: 4GB', `memory: ${size.memory}`],
      ['size: 30GB', `size: ${size.gigabytes}GB`],
      ['  resources:', `  image: ${size.image}\n  resources:`],
    ]);
  const machine = () => emulator.inspect().machines.find(({ state }) => state !== 'destroyed');

  async function succeed(args: string[]): Promise<void> {
    const off = leasesEnd(emulator, clock);
    const { code, stderr } = await workplace.run(args);
    off();
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  }

  /** Another config than before, so that there is something to do each time. */
  function change(what: 'size and image' | 'volume'): void {
    if (what === 'volume') size.gigabytes += 1;
    else {
      size.memory = size.memory === '4GB' ? '2GB' : '4GB';
      size.image = size.image.endsWith(':3') ? 'ghcr.io/pacphi/sindri:3.1' : 'ghcr.io/pacphi/sindri:3';
    }
    workplace.write('sindri.yaml', config());
  }

  it.each([
    ['an update', ['deploy', '--yes'], async () => change('size and image'), 'started', 3],
    ['an extension of the volume', ['deploy', '--yes'], async () => change('volume'), 'started', 1],
    ['a stop', ['stop'], async () => succeed(['start']), 'stopped', 1],
    ['a start', ['start'], async () => succeed(['stop']), 'started', 1],
  ])(
    '%s: the next run gets there',
    async (_title, args, prepare, state, atLeast) => {
      let kills = 0;
      for (let index = 1; index <= mostRequests; index += sampleEvery) {
        await prepare();
        const finished = await killedAfter(emulator, workplace, args, index);
        await succeed(args);
        const { volumes } = emulator.inspect();
        expect({ index, ...count(emulator), state: machine()?.state, sizeGb: volumes[0]?.sizeGb }).toEqual({
          index,
          ...{ apps: 1, volumes: 1, machines: 1, ips: 2 },
          state,
          sizeGb: size.gigabytes,
        });
        const { document } = await workplace.json(['plan']);
        expect({ index, changes: document.changes }).toEqual({ index, changes: [] });
        if (finished) break;
        kills += 1;
      }
      expect(kills).toBeGreaterThanOrEqual(atLeast);
    },
    600_000,
  );

  it('an update leaves a machine of which exec says at once that it waits, and then runs', async () => {
    change('size and image');
    emulator.faults.inject({ name: 'image-preparing', params: { ms: 15_000 } });
    const { child, ended } = workplace.start(['deploy', '--yes']);
    const off = emulator.requests.onRequest(({ method, path }, phase) => {
      if (phase === 'committed' && method === 'POST' && /\/machines\/\w+$/.test(path)) child.kill('SIGKILL');
    });
    await ended;
    off();
    expect(machine()?.state).toBe('replacing');
    const waiting = workplace.start(['exec', '--', 'echo', 'here']);
    let told = '';
    waiting.child.stderr?.on('data', (text: string) => {
      told += text;
      // The update ends as soon as it has said that it waits for it.
      if (told.includes('has not ended')) void clock.advance(15_000);
    });
    const { code, stdout, stderr } = await waiting.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'here\n' });
    expect(stderr).toContain('an update of it has not ended');
    await succeed(['deploy', '--yes']);
    expect((await workplace.json(['plan'])).document.changes).toEqual([]);
  }, 120_000);

  it('a destroy: the next run leaves nothing', async () => {
    let kills = 0;
    for (let index = 1; index <= mostRequests; index += sampleEvery) {
      await succeed(['deploy', '--yes']);
      const finished = await killedAfter(emulator, workplace, ['destroy', '--yes'], index);
      await succeed(['destroy', '--yes']);
      expect({ index, ...count(emulator) }).toEqual({ index, apps: 0, volumes: 0, machines: 0, ips: 0 });
      if (finished) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThanOrEqual(2);
  }, 600_000);
});

/** Resolves to whether the command ended before its request number `index` was answered. */
async function killedAfter(
  emulator: FlyEmulator,
  workplace: Workplace,
  args: string[],
  index: number,
): Promise<boolean> {
  emulator.requests.clear();
  const { child, ended } = workplace.start(args);
  let seen = 0;
  const off = emulator.requests.onRequest((_entry, phase) => {
    if (phase !== 'committed') return;
    seen += 1;
    if (seen === index) child.kill('SIGKILL');
  });
  const { signal } = await ended;
  off();
  return signal !== 'SIGKILL';
}

/** The lease of a killed client ends once somebody has seen that there is one, not fifteen seconds later. Returns the way to stop that. */
function leasesEnd(emulator: FlyEmulator, clock: PassingClock): () => void {
  return emulator.requests.onRequest(({ method, path }, phase) => {
    if (phase === 'answered' && method === 'GET' && path.endsWith('/lease')) void clock.advance(15_000);
  });
}

function count(emulator: FlyEmulator): Record<'apps' | 'volumes' | 'machines' | 'ips', number> {
  const { apps, volumes, machines, ips } = emulator.inspect();
  return {
    apps: apps.length,
    volumes: volumes.filter((volume) => !['pending_destroy', 'destroyed'].includes(volume.state)).length,
    machines: machines.filter((machine) => machine.state !== 'destroyed').length,
    ips: ips.length,
  };
}
