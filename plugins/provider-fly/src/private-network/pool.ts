import type { OperationContext } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import type { AppNetwork } from '../api/private-network.js';
import { baseUrl } from '../api/base-url.js';
import { openPrivateNetwork, type PrivateNetwork } from './open-network.js';

/** Who is in a network, and how to leave it. */
export interface Entered {
  network: PrivateNetwork;
  /** Once is enough, and more do no harm. */
  leave(): void;
}

/** The private networks that this provider is in: one way into each, shared by all who use it. */
export interface NetworkPool {
  /** `networkOf` is asked when nobody is in it yet. Rejects as that does, and like `openPrivateNetwork`. */
  enter(api: FlyApi, app: string, networkOf: () => Promise<AppNetwork>, context: OperationContext): Promise<Entered>;
}

/** Connections often follow each other: a port is tried, then used. Milliseconds. */
const LINGER_MS = 500;

interface Shared {
  opening: Promise<PrivateNetwork>;
  users: number;
  closing: NodeJS.Timeout | undefined;
}

export function createNetworkPool(): NetworkPool {
  const networks = new Map<string, Shared>();

  function open(key: string, api: FlyApi, network: Promise<AppNetwork>, context: OperationContext): Shared {
    const opening = openPrivateNetwork(api, network, context);
    const shared: Shared = { opening, users: 0, closing: undefined };
    networks.set(key, shared);
    opening.catch(() => forget(key, shared));
    return shared;
  }

  function forget(key: string, shared: Shared): void {
    if (networks.get(key) === shared) networks.delete(key);
  }

  return {
    async enter(api, app, networkOf, context) {
      const key = JSON.stringify([app, context.stateDir, baseUrl('api', context.env).href]);
      const shared = networks.get(key) ?? open(key, api, networkOf(), context);
      shared.users += 1;
      clearTimeout(shared.closing);
      let left = false;
      const leave = (): void => {
        if (left) return;
        left = true;
        shared.users -= 1;
        if (shared.users > 0) return;
        shared.closing = setTimeout(() => {
          forget(key, shared);
          void shared.opening.then((network) => network.close()).catch(() => undefined);
        }, LINGER_MS);
      };
      try {
        return { network: await shared.opening, leave };
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}
