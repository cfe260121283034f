import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { timeLimit } from '../src/clock';

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};
const { signal } = new AbortController();

it('a time limit that nobody else holds ends what it limits, whatever is collected meanwhile', async () => {
  const limited = timeLimit(signal, 20);
  const ended = once(limited, 'abort');
  await new Promise(setImmediate);
  collectGarbage();
  // Nothing else keeps this process going, as a socket does for a request.
  const alive = setInterval(() => undefined, 1_000);
  await ended;
  clearInterval(alive);
  expect(limited.reason).toMatchObject({ name: 'TimeoutError' });
});

it('ends with the signal of whoever asked, and for its reason', () => {
  const controller = new AbortController();
  const limited = timeLimit(controller.signal, 60_000);
  controller.abort(new Error('enough'));
  expect(limited.reason).toMatchObject({ message: 'enough' });
});
