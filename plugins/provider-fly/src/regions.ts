import { isSindriError, type OperationContext, type PlatformRegion } from '@sindri/core';
import { composeApi } from './api/client.js';
import type { DispatcherSource } from './api/dispatcher.js';
import { findToken } from './auth/sources.js';
import { readEnvironmentDefaults } from './environment-defaults.js';
import { listedRegions } from './planner/index.js';

/**
 * Fly's own list of regions, the nearest first. Needs no token; with one it also tells where there is room. Throws `FLY_UNREACHABLE` and
 * what else the list answers.
 */
export function createRegions(dispatchers: DispatcherSource): (context: OperationContext) => Promise<PlatformRegion[]> {
  return async (context) => {
    const found = await findToken(context).catch((error: unknown) => {
      if (isSindriError(error)) return null;
      throw error;
    });
    const { regions } = composeApi(context, dispatchers, found);
    const { all, nearest } = await regions.listFromHere();
    const living = all.filter(({ deprecated }) => deprecated !== true);
    const organization = readEnvironmentDefaults(context.env).organization ?? 'personal';
    const codes = living.map(({ code }) => code);
    const withRoom = found === null ? null : await regions.withRoom(organization, codes).catch(roomUnknown(context));
    return listedRegions(living, nearest, withRoom);
  };

  /** A list without it is worth more than none. */
  function roomUnknown({ emit }: OperationContext): (error: unknown) => null {
    return (error) => {
      if (!isSindriError(error) || error.kind === 'cancelled') throw error;
      const message = `Where there is room could not be asked: ${error.message}`;
      emit({ type: 'notice', level: 'warning', code: 'FLY_ROOM_UNREAD', message });
      return null;
    };
  }
}
