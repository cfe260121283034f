import type { ConnectionState } from '@sindri/core';
import type { SeenWays } from '../planner/index.js';
import { methods } from './methods/index.js';
import type { Obstacle } from './methods/method.js';

/** Which connection methods can work with what is there, for `EnvironmentSummary.connections`. Pure. */
export function availability(seen: SeenWays): ConnectionState[] {
  return methods.map((method) => {
    const obstacle = method.unavailable(seen);
    return { method: method.name, unavailable: obstacle === null ? null : sentence(obstacle) };
  });
}

function sentence({ reason, remedy }: Obstacle): string {
  return `${reason}: ${remedy}.`;
}
