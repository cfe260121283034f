import { isSindriError, type OperationContext } from '@sindri/core';
import type { FlyApi } from './api/client.js';
import type { FlyFacts } from './model.js';

/** The list of regions, which has been asked for and may not be needed. */
export interface AskedRegions {
  /** `null`, with a notice, when the list cannot be had. */
  use(): Promise<FlyFacts['regions']>;
  /** Nobody wants it any more: it is not asked for again, and how it ends interests nobody. */
  giveUp(): void;
}

/**
 * Asks for Fly's own list of regions, which beats the built-in table; whether something can be made in a region is for a plan to judge.
 */
export function askForRegions(
  api: Pick<FlyApi, 'withSignal'>,
  region: string,
  context: Pick<OperationContext, 'emit' | 'signal'>,
): AskedRegions {
  const stop = new AbortController();
  const { regions } = api.withSignal(AbortSignal.any([context.signal, stop.signal]));
  const asked = regions.list();
  // Who does not use it does not handle its failure either.
  asked.catch(() => undefined);
  return {
    async use() {
      try {
        return (await asked).map(({ code, name, deprecated }) => ({ code, name, deprecated: deprecated ?? false }));
      } catch (error) {
        if (!isSindriError(error)) throw error;
        context.emit({
          type: 'notice',
          level: 'warning',
          code: 'FLY_REGIONS_UNREAD',
          message: `The list of regions could not be read, so ${region} was not checked against it: ${error.message}`,
        });
        return null;
      }
    },
    giveUp: () => stop.abort(),
  };
}
