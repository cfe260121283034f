import { createInterface } from 'node:readline';
import type { Engine } from './client.js';
import { engineError } from './engine-error.js';

/**
 * `ended`, or a rejection with `DOCKER_PAUSED` as soon as the container is paused: what runs in it says nothing more, and its streams stay
 * open. When it goes on, nobody is there any more for what runs, and `hangUp` is called. An engine that tells no events is not watched.
 */
export function untilPaused<T>(
  engine: Engine,
  container: string,
  ended: Promise<T>,
  hangUp: () => Promise<unknown>,
): Promise<T> {
  const over = new AbortController();
  ended.catch(() => undefined).finally(() => over.abort());
  return new Promise((resolve, reject) => {
    ended.then(resolve, reject);
    const follow = async (): Promise<void> => {
      for await (const action of readActions(engine, container, over.signal)) {
        if (action === 'pause') reject(paused());
        else await hangUp();
      }
    };
    follow().catch(() => undefined);
  });
}

async function* readActions(engine: Engine, container: string, over: AbortSignal): AsyncGenerator<string> {
  const query = { filters: { type: ['container'], container: [container], event: ['pause', 'unpause'] } };
  const body = await engine.stream('GET', '/events', { query });
  const end = (): void => void body.destroy();
  body.on('error', () => undefined);
  if (over.aborted) return end();
  over.addEventListener('abort', end, { once: true });
  for await (const line of createInterface({ input: body })) {
    if (line.trim() !== '') yield (JSON.parse(line) as { Action: string }).Action;
  }
}

function paused(): Error {
  return engineError(
    'DOCKER_PAUSED',
    'transport',
    'The container is paused, and does not answer any more.',
    'Connect again: that wakes it.',
    { retryable: true },
  );
}
