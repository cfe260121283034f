import type { OperationContext } from '@sindri/core';
import { createNetworkPool, type NetworkApi } from '../../src/private-network/pool.js';

describe('a private network that several are in', () => {
  const contextOf = ({ signal }: AbortController) =>
    ({ signal, stateDir: '/nowhere', env: {} }) as unknown as OperationContext;

  it('is entered for all of them: it ends with the last, not with whoever was interrupted first', async () => {
    const asked: AbortSignal[] = [];
    const never = new Promise<never>(() => undefined);
    const api = {
      withSignal(signal: AbortSignal) {
        asked.push(signal);
        return { privateNetwork: { networkOf: () => never } };
      },
    } as unknown as NetworkApi;
    const pool = createNetworkPool();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = pool.enter(api, 'app', contextOf(one));
    const second = pool.join('app', contextOf(other));

    one.abort(new Error('The first has enough.'));
    await expect(first.network).rejects.toBe(one.signal.reason);
    first.leave();
    expect(asked.map(({ aborted }) => aborted)).toEqual([false]);

    other.abort(new Error('So has the second.'));
    await expect(second?.network).rejects.toBe(other.signal.reason);
    second?.leave();
    expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
    expect(pool.join('app', contextOf(new AbortController()))).toBeNull();
  });
});
