import { makePower, type OperationContext, type Power } from '@sindri/core';
import {
  findContainer,
  pauseContainer,
  restartContainer,
  settleContainer,
  startContainer,
  stopContainer,
  type Engine,
  type OpenEngine,
} from '@sindri/docker-engine';
import { sshPort } from '@sindri/image-contract';
import { errors } from './docker-error.js';
import { containerData, isOurs } from './observe.js';
import type { DockerOptions } from './options.js';
import { namesOf } from './settings.js';
import type { ContainerData, Spec } from './shapes.js';
import { stateOf } from './world.js';

/** The container of an environment, and its engine. */
export interface Place {
  environment: string;
  engine: Engine;
  container: ContainerData;
}
export type Find = (spec: Spec, context: OperationContext, instance?: string) => Promise<Place>;

/** Finds the environment's container. Rejects when there is none that is ours, or when it is not the instance that was asked for. */
export function createFind(open: OpenEngine): Find {
  return async ({ name }, context, instance) => {
    const engine = await open(context);
    const only = namesOf(name).container;
    const found = await findContainer(engine, only);
    if (found === null || !isOurs(found.labels, name)) throw errors.absent(name);
    if (instance !== undefined && instance !== only) throw errors.unknownInstance(name, instance, [only]);
    return { environment: name, engine, container: containerData(found) };
  };
}

/** Starts what sleeps, and returns once it can be used. */
export async function wake(place: Place, context: OperationContext): Promise<Place> {
  const { environment, engine, container } = place;
  if (container.status === 'running') return place;
  if (stateOf(container) === 'incomplete') throw errors.absent(environment, true);
  await startContainer(engine, container);
  return { ...place, container: containerData(await settleContainer(engine, container.id, sshPort, context)) };
}

export function createPower(find: Find): Power<DockerOptions> {
  return makePower({
    find,
    stateOf: ({ container }) => stateOf(container),
    start: wake,
    stop: ({ engine, container }) => stopContainer(engine, container),
    suspend: ({ engine, container }) => pauseContainer(engine, container),
    async restart({ engine, container }, context) {
      await restartContainer(engine, container);
      await settleContainer(engine, container.id, sshPort, context);
    },
  });
}
