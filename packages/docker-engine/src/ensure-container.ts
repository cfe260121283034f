import { createOnce, type OperationContext } from '@sindri/core';
import { ignoreConflict, type Engine } from './client.js';
import { findContainer, removeContainer, type ContainerFacts } from './containers.js';
import { createBody, type ContainerRecipe } from './recipe.js';

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
