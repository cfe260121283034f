import { abortable, type OperationContext } from '@sindri/core';
import { baseUrl } from '../api/base-url.js';
import type { PrivateNetworkApi } from '../api/private-network.js';
import { openPrivateNetwork, type PrivateNetwork } from './open-network.js';
import { anticipate, askWhoseNetwork, type WhoseNetwork } from './whose-network.js';

/** Somebody who is in a network, or about to be, and how he leaves it. */
export interface Entering {
  /** Whose network it is. */
  of: WhoseNetwork;
  /** Rejects as the question whose it is does, like `openPrivateNetwork`, and when whoever enters is interrupted. */
  network: Promise<PrivateNetwork>;
  /** Whatever has come of it. Once is enough, and more do no harm. */
  leave(): void;
}

/** What Fly is asked by, for as long as a signal of our own lasts. */
export interface NetworkApi {
  withSignal(signal: AbortSignal): { privateNetwork: PrivateNetworkApi };
}

/** The private networks that this provider is in: one way into each, shared by all who use it. */
export interface NetworkPool {
  /** Begins to enter the network of an app. Whose it is, is asked when nobody is in it yet. */
  enter(api: NetworkApi, app: string, context: OperationContext): Entering;
  /** Enters it where somebody is in it already, or about to be: that needs nothing of Fly. `null` when nobody is. */
  join(app: string, context: OperationContext): Entering | null;
}

/** Connections often follow each other: a port is tried, then used. Milliseconds. */
const LINGER_MS = 500;

interface Shared {
  of: WhoseNetwork;
  opening: Promise<PrivateNetwork>;
  /** Of its own: others are in it when whoever came first is interrupted, and long after. */
  life: AbortController;
  /** Once it is open. */
  opened: PrivateNetwork | undefined;
  users: number;
  closing: NodeJS.Timeout | undefined;
}

/**
 * `onExit` calls `listener` when the process exits, until the returned function is called: the connections in a network are known to this
 * process alone, and the system says nothing to the other side when it ends. Default: `process`.
 */
export function createNetworkPool(onExit: (listener: () => void) => () => void = processExit): NetworkPool {
  const networks = new Map<string, Shared>();
  let stopListening: (() => void) | undefined;

  function open(key: string, api: NetworkApi, app: string, context: OperationContext): Shared {
    const life = new AbortController();
    const { privateNetwork } = api.withSignal(life.signal);
    const of = askWhoseNetwork(privateNetwork, app, context);
    const opening = anticipate(
      of,
      async (network, confirmed) => {
        await untilAsked();
        return openPrivateNetwork(privateNetwork, network, confirmed, { ...context, signal: life.signal });
      },
      (network) => void network.close(),
    );
    const shared: Shared = { of, opening, life, opened: undefined, users: 0, closing: undefined };
    networks.set(key, shared);
    stopListening ??= onExit(closeAll);
    opening.then(
      (network) => (shared.opened = network),
      () => forget(key, shared),
    );
    return shared;
  }

  function forget(key: string, shared: Shared): void {
    if (networks.get(key) === shared) networks.delete(key);
    if (networks.size > 0) return;
    stopListening?.();
    stopListening = undefined;
  }

  function closeAll(): void {
    for (const { opened } of networks.values()) void opened?.close();
  }

  function use(key: string, shared: Shared, { signal }: OperationContext): Entering {
    shared.users += 1;
    clearTimeout(shared.closing);
    const network = abortable(shared.opening, signal);
    network.catch(() => undefined);
    const end = (): void => {
      forget(key, shared);
      void shared.opening.then((opened) => opened.close()).catch(() => undefined);
    };
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      shared.users -= 1;
      if (shared.users > 0) return;
      if (shared.opened !== undefined || !signal.aborted) {
        shared.closing = setTimeout(end, LINGER_MS);
        return;
      }
      end();
      shared.life.abort(signal.reason);
    };
    return { of: shared.of, network, leave };
  }

  return {
    enter(api, app, context) {
      const key = keyOf(app, context);
      return use(key, networks.get(key) ?? open(key, api, app, context), context);
    },
    join(app, context) {
      const key = keyOf(app, context);
      const shared = networks.get(key);
      return shared === undefined ? null : use(key, shared, context);
    },
  };
}

/** What was asked a moment ago is connected with the next turn, and leaves then. Going in takes a while in which nothing would. */
function untilAsked(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

function processExit(listener: () => void): () => void {
  process.once('exit', listener);
  return () => process.off('exit', listener);
}

function keyOf(app: string, { stateDir, env }: Pick<OperationContext, 'stateDir' | 'env'>): string {
  return JSON.stringify([app, stateDir, baseUrl('api', env).href]);
}
