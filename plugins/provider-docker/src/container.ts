import type { OperationContext, Power } from '@sindri/core';
import * as docker from '@sindri/docker-engine';
import { sshPort } from '@sindri/image-contract';
import { errors, remarks } from './docker-error.js';
import { containerData, isOurs, requireFilled, worldOf } from './observe.js';
import type { DockerOptions, Spec } from './options.js';
import { secretsParts } from './secrets.js';
import { namesOf } from './settings.js';
import type { ContainerData, Place } from './shapes.js';
import { stateOf } from './world.js';

export type Find = (spec: Spec, context: OperationContext, instance?: string) => Promise<Place>;

/** The environment's container. Rejects when there is none that is ours. */
export async function requireOurs(
  engine: docker.Engine,
  environment: string,
  context: OperationContext,
): Promise<ContainerData> {
  const found = await requireFilled(engine, docker.findContainer(engine, namesOf(environment).container), context);
  if (found === null || !isOurs(found.labels, environment)) throw errors.absent(environment);
  return containerData(found);
}

/** Finds the environment's container. Rejects when there is none that is ours, or when it is not the instance that was asked for. */
export function createFind(open: docker.OpenEngine): Find {
  return async ({ name }, context, instance) => {
    const engine = await open(context);
    const container = await requireOurs(engine, name, context);
    const only = namesOf(name).container;
    if (instance !== undefined && instance !== only) throw errors.unknownInstance(name, instance, [only]);
    return { environment: name, engine, container };
  };
}

/** Starts what sleeps, and returns once it can be used. */
export async function wake(place: Place, context: OperationContext): Promise<Place> {
  const { environment, engine, container } = place;
  if (container.status === 'running') return place;
  if (stateOf(container) === 'incomplete') throw errors.absent(environment, true);
  await docker.startContainer(engine, container);
  return { ...place, container: containerData(await docker.settleContainer(engine, container.id, sshPort, context)) };
}

export function createPower(find: Find): Power<DockerOptions> {
  return docker.containerPower({
    find,
    stateOf: ({ container }) => stateOf(container),
    start: wake,
    secrets: {
      notes: remarks,
      // A look for a summary needs no more of a spec than its name.
      of: async ({ engine, environment: name }, context) =>
        secretsParts.of(await worldOf(engine, { name } as Spec, context)),
    },
    port: sshPort,
  });
}
