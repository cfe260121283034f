import { createOnce, type OperationContext } from '@sindri/core';
import { ignoreConflict, type Engine } from './client.js';
import { findContainer, removeContainer, type ContainerFacts } from './containers.js';
import { startContainer } from './power.js';
import { createBody, type ContainerRecipe } from './recipe.js';
import { settleContainer } from './settle.js';

/** A container that is to be there. */
export interface WantedContainer {
  name: string;
  recipe: ContainerRecipe;
  /** Instead of the image's own. */
  entrypoint: readonly string[] | null;
  /** The id of the one that is to go first. */
  former?: string | undefined;
  /** Throws when what somebody else has made under the name is not what is wanted. */
  accept(found: ContainerFacts): void;
}

/** The container of that name, made when there is none; an engine gives a name once. Resolves with one that was there already, else `null`. */
export async function ensureContainer(
  engine: Engine,
  { name, recipe, entrypoint, former, accept }: WantedContainer,
  context: OperationContext,
): Promise<ContainerFacts | null> {
  const request = { query: { name, platform: recipe.platform }, json: createBody(recipe, entrypoint) };
  return createOnce<ContainerFacts>(
    {
      find: () => findContainer(engine, name),
      create: () => engine.call('POST', '/containers/create', request).catch(ignoreConflict),
      ...(former === undefined
        ? {}
        : { former: { is: ({ id }) => id === former, remove: () => removeContainer(engine, former, context) } }),
      accept,
    },
    context,
  );
}

/** What belongs to the first start of a container. */
export interface FirstStart {
  /** Puts into it what it needs before; called again where somebody was cut off before the start. */
  fill(id: string): Promise<void>;
  /** Whether it is only filled, and started another time. */
  asleep?: boolean;
  /** See {@link settleContainer}. */
  port: number;
  /** Whether nobody waits until it can be used. */
  detach: boolean;
}

/** Starts what {@link ensureContainer} has made, or what sleeps, and returns when it can be used. What runs is only waited for. */
export async function beginContainer(
  engine: Engine,
  container: Pick<ContainerFacts, 'id' | 'status' | 'started'>,
  { fill, asleep = false, port, detach }: FirstStart,
  context: OperationContext,
): Promise<void> {
  const { id, status, started } = container;
  if (!started) await fill(id);
  if (asleep) return;
  if (status !== 'running') await startContainer(engine, container);
  if (!detach) await settleContainer(engine, id, port, context);
}
