import type { OperationContext } from '@sindri/core';
import { baseUrl } from '../api/base-url.js';
import type { PrivateNetworkApi } from '../api/private-network.js';
import { openPrivateNetwork, type PrivateNetwork } from './open-network.js';
import { anticipate, askWhoseNetwork, type WhoseNetwork } from './whose-network.js';

/** Somebody who is in a network, or about to be, and how he leaves it. */
export interface Entering {
  /** Whose network it is. */
  of: WhoseNetwork;
  /** Rejects as the question whose it is does, and like `openPrivateNetwork`. */
  network: Promise<PrivateNetwork>;
  /** Whatever has come of it. Once is enough, and more do no harm. */
  leave(): void;
}

/** The private networks that this provider is in: one way into each, shared by all who use it. */
export interface NetworkPool {
  /** Begins to enter the network of an app. Whose it is, is asked when nobody is in it yet. */
  enter(api: PrivateNetworkApi, app: string, context: OperationContext): Entering;
  /** Enters it where somebody is in it already, or about to be: that needs nothing of Fly. `null` when nobody is. */
  join(app: string, context: OperationContext): Entering | null;
}

/** Connections often follow each other: a port is tried, then used. Milliseconds. */
const LINGER_MS = 500;

interface Shared {
  of: WhoseNetwork;
  opening: Promise<PrivateNetwork>;
  users: number;
  closing: NodeJS.Timeout | undefined;
}

export function createNetworkPool(): NetworkPool {
  const networks = new Map<string, Shared>();

  function open(key: string, api: PrivateNetworkApi, app: string, context: OperationContext): Shared {
    const of = askWhoseNetwork(api, app, context);
    const opening = anticipate(
      of,
      (network, confirmed) => openPrivateNetwork(api, network, confirmed, context),
      (network) => void network.close(),
    );
    const shared: Shared = { of, opening, users: 0, closing: undefined };
    networks.set(key, shared);
    opening.catch(() => forget(key, shared));
    return shared;
  }

  function forget(key: string, shared: Shared): void {
    if (networks.get(key) === shared) networks.delete(key);
  }

  function use(key: string, shared: Shared): Entering {
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
    return { of: shared.of, network: shared.opening, leave };
  }

  return {
    enter(api, app, context) {
      const key = keyOf(app, context);
      return use(key, networks.get(key) ?? open(key, api, app, context));
    },
    join(app, context) {
      const key = keyOf(app, context);
      const shared = networks.get(key);
      return shared === undefined ? null : use(key, shared);
    },
  };
}

function keyOf(app: string, { stateDir, env }: Pick<OperationContext, 'stateDir' | 'env'>): string {
  return JSON.stringify([app, stateDir, baseUrl('api', env).href]);
}
