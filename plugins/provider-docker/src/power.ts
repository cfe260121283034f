import type { EnvironmentState, OperationContext, Power, PowerResult } from '@sindri/core';
import { findContainer, settleContainer, STOP_SECONDS, type Engine, type OpenEngine } from '@sindri/docker-engine';
import { sshPort } from '@sindri/image-contract';
import { dockerError } from './docker-error.js';
import { containerData, isOurs } from './observe.js';
import type { DockerOptions } from './options.js';
import { namesOf } from './settings.js';
import type { ContainerData, Spec } from './shapes.js';
import { stateOf } from './world.js';

/** The environment's container. Rejects when there is none that is ours, or when it is not the instance that was asked for. */
export async function requireContainer(engine: Engine, { name }: Spec, instance?: string): Promise<ContainerData> {
  const { container } = namesOf(name);
  const found = await findContainer(engine, container);
  if (found === null || !isOurs(found.labels, name)) {
    throw dockerError(
      'DOCKER_ABSENT',
      'refused',
      `The environment "${name}" does not exist.`,
      'Run `sindri deploy` first.',
    );
  }
  if (instance === undefined || instance === container) return containerData(found);
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
  return containerData(await settleContainer(engine, container.id, sshPort, context));
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
        await settleContainer(engine, id, sshPort, context);
      }),
  };
}
