import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { createWorkplace, quickstart, type Workplace } from './sindri';

/** More than a first deploy sends, waits included; the loop ends by itself when a deploy finishes before index n. */
const mostRequests = 40;

describe('a deploy whose client is killed', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;

  beforeEach(async () => {
    emulator = await startFlyEmulator();
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
      const finished = await deployKilledAfter(index);
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
      if (finished) {
        killedAt = index - 1;
        break;
      }
    }
    // A deploy of one machine cannot be done in fewer requests; if it were, this test would have killed nothing.
    expect(killedAt).toBeGreaterThanOrEqual(8);
  }, 600_000);

  /** Resolves to whether the deploy ended before its request number `index` was answered. */
  async function deployKilledAfter(index: number): Promise<boolean> {
    emulator.requests.clear();
    const { child, ended } = workplace.start(['deploy', '--yes']);
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
});

function count(emulator: FlyEmulator): Record<'apps' | 'volumes' | 'machines' | 'ips', number> {
  const { apps, volumes, machines, ips } = emulator.inspect();
  return {
    apps: apps.length,
    volumes: volumes.filter((volume) => !['pending_destroy', 'destroyed'].includes(volume.state)).length,
    machines: machines.filter((machine) => machine.state !== 'destroyed').length,
    ips: ips.length,
  };
}
