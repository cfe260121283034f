import { makePower, type Power, type PowerParts } from '@sindri/core';
import type { Engine } from './client.js';
import { settleContainer } from './settle.js';
import { limitsBody, type ContainerRecipe } from './recipe.js';
import { STOP_SECONDS, type ContainerFacts } from './containers.js';

type Container = Pick<ContainerFacts, 'id' | 'status'>;

/** Starts a container, or lets a paused one go on. Nothing to do is a success; it may not be usable yet. */
export async function startContainer(engine: Engine, { id, status }: Container): Promise<void> {
  await engine.call('POST', `/containers/${id}/${status === 'paused' ? 'unpause' : 'start'}`);
}

/** Ends the processes, by force after a while. Nothing to do is a success. */
export async function stopContainer(engine: Engine, { id }: Container): Promise<void> {
  await engine.call('POST', `/containers/${id}/stop`, { query: { t: STOP_SECONDS } });
}

/** Freezes the processes where they are. Nothing to do is a success. */
export async function pauseContainer(engine: Engine, { id, status }: Container): Promise<void> {
  if (status !== 'paused') await engine.call('POST', `/containers/${id}/pause`);
}

/** Ends the processes and starts them again. */
export async function restartContainer(engine: Engine, { id }: Container): Promise<void> {
  await engine.call('POST', `/containers/${id}/restart`, { query: { t: STOP_SECONDS } });
}

/** What of the power of containers is a provider's own: where they are found, and how one is woken. */
export type ContainerPowerParts<Options extends object, Place> = Pick<
  PowerParts<Options, Place>,
  'find' | 'stateOf' | 'start' | 'secrets'
> & {
  /** See {@link settleContainer}. */
  port: number;
};

/** The member `power` over containers: pause is suspend. */
export function containerPower<Options extends object, Place extends { engine: Engine; container: Container }>({
  port,
  ...parts
}: ContainerPowerParts<Options, Place>): Power<Options> {
  return makePower<Options, Place>({
    ...parts,
    stop: ({ engine, container }) => stopContainer(engine, container),
    suspend: ({ engine, container }) => pauseContainer(engine, container),
    async restart({ engine, container }, context) {
      await restartContainer(engine, container);
      await settleContainer(engine, container.id, port, context);
    },
  });
}

/** Other limits for a container, while it runs. */
export async function updateContainer(
  engine: Engine,
  id: string,
  limits: Pick<ContainerRecipe, 'memoryMb' | 'cpus' | 'restart'>,
): Promise<void> {
  await engine.call('POST', `/containers/${id}/update`, { json: limitsBody(limits) });
}
