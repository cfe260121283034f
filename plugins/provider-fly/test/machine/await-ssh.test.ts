import type { FlyApi } from '../../src/api/client';
import type { SshDestination } from '../../src/connection/ssh-destination';
import { awaitSsh } from '../../src/machine/await-ssh';
import type { MachineWork } from '../../src/machine/work';
import { fastClock, testContext, type TestContext } from '../support/context';

const at = (ip: string, port: number): SshDestination => ({
  user: 'developer',
  port,
  tlsPort: null,
  internalPort: 2222,
  ips: [{ ip, type: 'v4', region: 'global' }],
});

describe('awaitSsh', () => {
  let context: TestContext;

  const work = (): MachineWork => {
    const api: Partial<FlyApi> = {
      machines: {
        get: async () => ({ id: 'm1', name: 'demo-1', state: 'started', region: 'sjc', config: {} }),
      } as unknown as FlyApi['machines'],
      withSignal: () => api as FlyApi,
    };
    return {
      api: api as FlyApi,
      context,
      app: 'demo',
      progress: () => undefined,
      lockTimeoutMs: 0,
      who: 'test',
    };
  };
  const watch = { machine: { id: 'm1', name: 'demo-1' }, sinceMs: -1 };

  beforeEach(() => {
    context = testContext({ clock: fastClock(500) });
  });

  afterEach(() => context.remove());

  it.each([
    ['no way to any address', at('255.255.255.255', 10022)],
    ['no address at all', { user: 'developer', port: 10022, tlsPort: null, internalPort: 2222, ips: [] }],
  ])('with %s it succeeds, and says how to get in', async (_title, ssh) => {
    await awaitSsh(work(), watch, ssh);
    expect(context.events).toContainEqual(
      expect.objectContaining({
        type: 'notice',
        level: 'warning',
        code: 'FLY_SSH_NOT_CHECKED',
        message: expect.stringContaining('dedicatedIpv4: true'),
      }),
    );
  });

  it('gives up on a server that never answers, and says that running again continues', async () => {
    await expect(awaitSsh(work(), watch, at('127.0.0.1', 1))).rejects.toMatchObject({
      code: 'FLY_SSH_TIMEOUT',
      kind: 'incomplete',
    });
  }, 20_000);
});
