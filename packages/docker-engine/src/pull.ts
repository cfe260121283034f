import { createInterface } from 'node:readline';
import type { OperationContext } from '@sindri/core';
import { engineError } from './engine-error.js';
import type { Engine } from './client.js';
import { registryAuth } from './credentials.js';

const TELL_MS = 250;

interface Progress {
  status?: string;
  id?: string;
  error?: string;
  progressDetail?: { current?: number; total?: number };
}

/** How much of an image has come so far, in bytes of all its layers. */
export interface PullProgress {
  done: number;
  total: number;
}

/**
 * Fetches an image for the change `change`, which tells how far it is. `false` when it is there already and needs not to be fresh: nobody had
 * looked for it, or it has come since. It may be one that no registry has.
 */
export async function fetchImage(
  engine: Engine,
  { reference, platform, isFresh }: { reference: string; platform: string | null; isFresh: boolean },
  change: string,
  context: OperationContext,
): Promise<boolean> {
  if (!isFresh && (await engine.find(`/images/${reference}/json`)) !== null) return false;
  const message = `pulling ${reference}`;
  await pullImage(engine, { reference, platform }, context, (progress) =>
    context.emit({ type: 'change.progress', change, message, progress: { ...progress, unit: 'bytes' } }),
  );
  return true;
}

/** Fetches an image with the credentials that `docker login` has kept, telling four times a second how far it is. */
export async function pullImage(
  engine: Engine,
  { reference, platform }: { reference: string; platform: string | null },
  context: OperationContext,
  tell: (progress: PullProgress) => void,
): Promise<void> {
  const { clock } = context;
  const query = { fromImage: reference, platform };
  const headers = await registryAuth(reference, context);
  const layers = new Map<string, { current: number; total: number }>();
  let toldAt = 0;
  try {
    const body = await engine.stream('POST', '/images/create', { query, headers });
    for await (const line of createInterface({ input: body })) {
      const { status = '', id = '', error, progressDetail } = JSON.parse(line) as Progress;
      if (error !== undefined) throw new Error(error);
      const { current, total } = progressDetail ?? {};
      if (status === 'Downloading' && total !== undefined) layers.set(id, { current: current ?? 0, total });
      const layer = layers.get(id);
      if (layer !== undefined && /^(Download|Pull) complete/.test(status)) layer.current = layer.total;
      if (layers.size === 0 || clock.now() - toldAt < TELL_MS) continue;
      toldAt = clock.now();
      const sum = (key: 'current' | 'total') => [...layers.values()].reduce((bytes, one) => bytes + one[key], 0);
      tell({ done: sum('current'), total: sum('total') });
    }
  } catch (error) {
    context.signal.throwIfAborted();
    const { message } = error as Error;
    const isDenied = /unauthorized|denied|no basic auth|authentication required/i.test(message);
    if (!isDenied && !/manifest unknown|not found|no such|invalid reference|no matching manifest/i.test(message)) {
      const what = `The image ${reference} could not be pulled: ${message}`;
      throw engineError('DOCKER_PULL_FAILED', 'incomplete', what, undefined, { retryable: true, cause: error });
    }
    throw engineError(
      'DOCKER_IMAGE_MISSING',
      'refused',
      `There is no image ${reference} for you: ${message}`,
      isDenied
        ? 'Check its name; a private one needs `docker login` first.'
        : 'Check its name, its tag and the platform.',
      { cause: error },
    );
  }
}
