import { createRedactor } from '@sindri/core';
import type { FlyApi } from '../../src/api/client';
import { awaitSsh } from '../../src/machine/await-ssh';
import type { Scene } from '../../src/machine/scene';
import { fastClock, testContext, type TestContext } from '../support/context';

describe('awaitSsh', () => {
  let context: TestContext;

  const scene = (): Scene => {
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
      redactor: createRedactor(),
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
    ['no way to any address', [{ host: '255.255.255.255', port: 10022 }]],
    ['no address at all', []],
  ])('with %s it succeeds, and says how to get in', async (_title, addresses) => {
    await awaitSsh(scene(), watch, addresses);
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
    await expect(awaitSsh(scene(), watch, [{ host: '127.0.0.1', port: 1 }])).rejects.toMatchObject({
      code: 'FLY_SSH_TIMEOUT',
      kind: 'incomplete',
    });
  }, 20_000);
});
