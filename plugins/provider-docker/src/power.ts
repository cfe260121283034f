import type { EnvironmentState, OperationContext, Power, PowerResult } from '@sindri/core';
import { sshPort } from '@sindri/image-contract';
import { dockerError } from './docker-error.js';
import type { Engine, OpenEngine } from './engine/client.js';
import { lastLines } from './past.js';
import { containerData, isOurs, type WireContainer } from './observe.js';
import type { DockerOptions } from './options.js';
import { runCommand } from './process.js';
import { namesOf } from './settings.js';
import type { ContainerData, Spec } from './shapes.js';
import { stateOf } from './world.js';

/** How long a process may take to end. */
export const STOP_SECONDS = 10;
const LOOK_MS = 100;
/** Whoever lives so long has started. */
const STEADY_MS = 1000;
/** How long a first boot may take until SSH answers. */
const BOOT_MS = 180_000;

/** A script for `sh -c`: whether something listens on the port that is its argument. */
export const LISTENS =
  'grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") [0-9A-F:]+ 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null';

/** The environment's container. Rejects when there is none that is ours, or when it is not the instance that was asked for. */
export async function requireContainer(engine: Engine, { name }: Spec, instance?: string): Promise<ContainerData> {
  const { container } = namesOf(name);
  const wire = await engine.find<WireContainer>(`/containers/${container}/json`);
  if (wire === null || !isOurs(wire.Config.Labels, name)) {
    throw dockerError(
      'DOCKER_ABSENT',
      'refused',
      `The environment "${name}" does not exist.`,
      'Run `sindri deploy` first.',
    );
  }
  if (instance === undefined || instance === container) return containerData(wire);
  throw dockerError(
    'DOCKER_INSTANCE_UNKNOWN',
    'usage',
    `The environment "${name}" has no instance "${instance}".`,
    `It has one, ${container}.`,
  );
}

/** Starts what sleeps, and returns the container once it can be used. */
export async function wake(
  engine: Engine,
  spec: Spec,
  context: OperationContext,
  instance?: string,
): Promise<ContainerData> {
  const container = await requireContainer(engine, spec, instance);
  if (container.status === 'running') return container;
  if (stateOf(container) === 'incomplete') {
    const message = `The environment "${spec.name}" is half made.`;
    throw dockerError('DOCKER_ABSENT', 'refused', message, 'Deploy it: that continues.');
  }
  await engine.call('POST', `/containers/${container.id}/${container.status === 'paused' ? 'unpause' : 'start'}`);
  await settle(engine, container.id, context);
  return requireContainer(engine, spec);
}

/** Returns once what has just been started can be used: the SSH server of the image answers, or it has lived for a moment. */
export async function settle(engine: Engine, id: string, context: OperationContext): Promise<void> {
  const { clock, signal } = context;
  const begin = clock.now();
  let first: string | null = null;
  let hasSsh: boolean | null = null;
  for (;;) {
    const wire = await engine.call<WireContainer>('GET', `/containers/${id}/json`);
    const { status, startedAt, exitCode, trouble, imageId } = containerData(wire);
    first ??= startedAt;
    if (status !== 'running' || startedAt !== first) {
      // Not again and again: whoever looks is to find it as it was.
      if (status !== 'exited') await engine.call('POST', `/containers/${id}/stop`, { query: { t: STOP_SECONDS } });
      const last = await lastLines(engine, id);
      throw dockerError(
        'DOCKER_CRASHED',
        'refused',
        `The container ended right after its start${trouble === '' ? '' : ` (${trouble})`}, with ${exitCode}.${last}`,
        '`sindri logs` shows all that it wrote.',
        { details: { exitCode } },
      );
    }
    hasSsh ??= await exposesSsh(engine, imageId);
    const age = clock.now() - begin;
    if (hasSsh ? await listens(engine, context, id) : age >= STEADY_MS) return;
    if (age > BOOT_MS) {
      throw dockerError(
        'DOCKER_NOT_READY',
        'incomplete',
        `The container runs, but its SSH server does not answer after ${BOOT_MS / 1000} s.`,
        '`sindri logs` shows what it is doing.',
      );
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

async function exposesSsh(engine: Engine, image: string): Promise<boolean> {
  type Wire = { Config: { ExposedPorts?: Record<string, unknown> | null } };
  const found = await engine.find<Wire>(`/images/${image}/json`);
  return found?.Config.ExposedPorts?.[`${sshPort}/tcp`] !== undefined;
}

async function listens(engine: Engine, context: OperationContext, id: string): Promise<boolean> {
  const command = ['sh', '-c', LISTENS, 'sh', String(sshPort)];
  // While it ends nothing can be asked inside; the next look tells why.
  return runCommand(engine, context, id, { command }).then(
    ({ exitCode }) => exitCode === 0,
    () => (context.signal.throwIfAborted(), false),
  );
}

export function createPower(open: OpenEngine): Power<DockerOptions> {
  const act = async (
    spec: Spec,
    context: OperationContext,
    what: (engine: Engine, container: ContainerData) => Promise<unknown>,
  ): Promise<PowerResult> => {
    const engine = await open(context);
    const container = await requireContainer(engine, spec);
    await what(engine, container);
    const after = await requireContainer(engine, spec);
    return { before: stateOf(container) as EnvironmentState, after: stateOf(after) };
  };
  return {
    start: (spec, context) => act(spec, context, (engine) => wake(engine, spec, context)),
    stop: (spec, context) =>
      act(spec, context, (engine, { id }) =>
        engine.call('POST', `/containers/${id}/stop`, { query: { t: STOP_SECONDS } }),
      ),
    suspend: (spec, context) =>
      act(spec, context, async (engine, { id, status }) => {
        if (status !== 'paused') await engine.call('POST', `/containers/${id}/pause`);
      }),
    restart: (spec, context) =>
      act(spec, context, async (engine, { id }) => {
        await engine.call('POST', `/containers/${id}/restart`, { query: { t: STOP_SECONDS } });
        await settle(engine, id, context);
      }),
  };
}
