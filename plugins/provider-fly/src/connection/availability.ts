import type { ConnectionState } from '@sindri/core';
import type { IpsData } from '../model.js';
import { methods } from './methods/index.js';
import type { Obstacle } from './methods/method.js';

/** Which connection methods can work with these addresses, for `EnvironmentSummary.connections`. Pure. */
export function availability(ips: IpsData['items']): ConnectionState[] {
  return methods.map((method) => {
    const obstacle = method.unavailable({ ips });
    return { method: method.name, unavailable: obstacle === null ? null : sentence(obstacle) };
  });
}

function sentence({ reason, remedy }: Obstacle): string {
  return `${reason}: ${remedy}.`;
}
