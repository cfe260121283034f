import { once } from 'node:events';
import type { OperationContext } from '@sindri/core';
import type { Engine } from './client.js';
import { findContainer, STOP_SECONDS, type ContainerFacts } from './containers.js';
import { dialContainer } from './dial.js';
import { engineError } from './engine-error.js';
import { lastLines } from './logs.js';

const LOOK_MS = 100;
/** A server says its first word within this time of a connection. */
const GREETING_MS = 2000;
/** Whoever lives so long has started. */
const STEADY_MS = 1000;
/** How long a first boot may take until its server answers. */
const BOOT_MS = 180_000;

/**
 * Returns once a container that has just been started can be used: the server at `port`, one that speaks first, has said something, where
 * the image exposes that port; else it has lived for a moment. Rejects with `DOCKER_CRASHED` and its last lines when it ends before that.
 */
export async function settleContainer(
  engine: Engine,
  id: string,
  port: number,
  context: OperationContext,
): Promise<ContainerFacts> {
  const { clock, signal } = context;
  const begin = clock.now();
  let first: string | null = null;
  let exposed: boolean | null = null;
  for (;;) {
    const container = await findContainer(engine, id);
    first ??= container?.startedAt ?? null;
    if (container?.status !== 'running' || container.startedAt !== first) throw await crashed(engine, id, container);
    exposed ??= await exposes(engine, container.imageId, port);
    const age = clock.now() - begin;
    if (exposed ? await greets(engine, container, port, context) : age >= STEADY_MS) return container;
    if (age > BOOT_MS) {
      throw engineError(
        'DOCKER_NOT_READY',
        'incomplete',
        `The container runs, but nothing answers on port ${port} after ${BOOT_MS / 1000} s.`,
        '`sindri logs` shows what it is doing.',
      );
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

async function crashed(engine: Engine, id: string, container: ContainerFacts | null): Promise<Error> {
  const { status = 'gone', trouble = '', exitCode = null } = container ?? {};
  // Not again and again: whoever looks is to find it as it was.
  if (container !== null && status !== 'exited')
    await engine.call('POST', `/containers/${id}/stop`, { query: { t: STOP_SECONDS } });
  const last = await lastLines(engine, id);
  return engineError(
    'DOCKER_CRASHED',
    'refused',
    `The container ended right after its start${trouble === '' ? '' : ` (${trouble})`}, with ${exitCode}.${last}`,
    '`sindri logs` shows all that it wrote.',
    { details: { exitCode } },
  );
}

async function exposes(engine: Engine, image: string, port: number): Promise<boolean> {
  type Wire = { Config: { ExposedPorts?: Record<string, unknown> | null } };
  const found = await engine.find<Wire>(`/images/${image}/json`);
  return found?.Config.ExposedPorts?.[`${port}/tcp`] !== undefined;
}

/** Whether the server at a port says something. While the container ends nobody answers; the next look tells why. */
async function greets(
  engine: Engine,
  container: ContainerFacts,
  port: number,
  context: OperationContext,
): Promise<boolean> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  try {
    const stream = await dialContainer(engine, container, port, context);
    const limit = context.clock.sleep(GREETING_MS, signal).then(() => stream.destroy());
    limit.catch(() => undefined);
    await Promise.race([once(stream, 'readable', { signal }), once(stream, 'close', { signal })]);
    const word = stream.read() as Buffer | null;
    stream.destroy();
    return word !== null;
  } catch {
    context.signal.throwIfAborted();
    return false;
  } finally {
    over.abort();
  }
}
