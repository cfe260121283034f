import { watchForSleep } from '../../src/connection/sleep-watch';

/** A watch over a machine that answers a keepalive every five seconds until `silentAt`; time passes as fast as it is slept through. */
function watch({
  silentAt,
  states,
  endAt = 120_000,
}: {
  silentAt: number;
  states: (string | Error)[];
  endAt?: number;
}) {
  let now = 0;
  const looks: number[] = [];
  const over = new AbortController();
  const state = watchForSleep({
    clock: {
      now: () => now,
      async sleep(ms, signal) {
        now += ms;
        if (now > endAt) over.abort(new Error('enough'));
        signal?.throwIfAborted();
      },
    },
    heardAt: () => Math.floor(Math.min(now, silentAt) / 5_000) * 5_000,
    async look() {
      looks.push(now);
      const state = states.shift() ?? 'started';
      if (state instanceof Error) throw state;
      return state;
    },
    signal: over.signal,
  });
  return state.then(
    (state) => ({ state, looks }),
    (error: Error) => ({ state: error.message, looks }),
  );
}

it('asks nobody while the machine answers', async () => {
  expect(await watch({ silentAt: Infinity, states: [] })).toEqual({ state: 'enough', looks: [] });
});

it('asks Fly once it has been silent, and tells what does not run', async () => {
  expect(await watch({ silentAt: 20_000, states: ['suspended'] })).toEqual({ state: 'suspended', looks: [28_000] });
});

it('asks again, but not often, while Fly says that it runs or nothing at all', async () => {
  const watched = await watch({ silentAt: 20_000, states: ['started', new Error('no network'), 'stopped'] });
  expect(watched).toEqual({ state: 'stopped', looks: [28_000, 38_000, 48_000] });
});
