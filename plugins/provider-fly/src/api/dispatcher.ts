import type { OperationContext } from '@sindri/core';
import { Agent, Dispatcher, ProxyAgent } from 'undici';
import { proxyFor, readProxySettings, type ProxyAddress, type ProxySettings } from './proxy-variables.js';
import { createWarmConnections } from './warm-connections.js';

/** Finds the connection pool for a context. Throws `FLY_PROXY_INVALID`. */
export type DispatcherSource = (context: Pick<OperationContext, 'dispatcher' | 'env'>) => Dispatcher;

const CONNECT_TIMEOUT_MS = 10_000;
/** An idle connection is used again: people read plans, and machines boot, for longer than undici's four seconds. A server may ask for less. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Connection pools of one provider instance: the caller's own dispatcher when there is one, else a pool that honours
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the context. Idle connections do not keep a process alive.
 */
export function createDispatcherSource(): DispatcherSource {
  const pools = new Map<string, Dispatcher>();
  return ({ dispatcher, env }) => {
    if (dispatcher !== undefined) return dispatcher as Dispatcher;
    const settings = readProxySettings(env);
    const key = JSON.stringify(settings);
    let pool = pools.get(key);
    if (pool === undefined) {
      pool = new ProxyingDispatcher(settings);
      pools.set(key, pool);
    }
    return pool;
  };
}

/**
 * Opens connections to `origin` in the background, for requests that are going to be sent together soon. Does nothing where they go
 * through a proxy, or by a dispatcher of the caller's own.
 */
export function warmUp(dispatcher: Dispatcher, origin: URL, count: number): void {
  if (dispatcher instanceof ProxyingDispatcher) dispatcher.warmUp(origin, count);
}

/** undici's own dispatcher for proxy variables knows neither domain suffixes nor credentials of every kind. */
class ProxyingDispatcher extends Dispatcher {
  private readonly warm = createWarmConnections(CONNECT_TIMEOUT_MS);
  private readonly direct = new Agent({ connect: this.warm.connect, keepAliveTimeout: KEEP_ALIVE_MS });
  private readonly proxies = new Map<string, ProxyAgent>();

  constructor(private readonly settings: ProxySettings) {
    super();
  }

  warmUp(origin: URL, count: number): void {
    if (proxyFor(origin, this.settings) === null) this.warm.open(origin, count);
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const proxy = proxyFor(new URL(String(options.origin)), this.settings);
    return (proxy === null ? this.direct : this.agentOf(proxy)).dispatch(options as Agent.DispatchOptions, handler);
  }

  override close(callback?: () => void): Promise<void> & void {
    this.warm.close();
    return answered(
      this.all().map((agent) => agent.close()),
      callback,
    );
  }

  override destroy(...rest: unknown[]): Promise<void> & void {
    this.warm.close();
    const callback = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
    return answered(
      this.all().map((agent) => agent.destroy()),
      callback,
    );
  }

  private all(): Dispatcher[] {
    return [this.direct, ...this.proxies.values()];
  }

  private agentOf({ url, authorization }: ProxyAddress): ProxyAgent {
    const key = `${url} ${authorization ?? ''}`;
    let agent = this.proxies.get(key);
    if (agent === undefined) {
      agent = new ProxyAgent({
        uri: url,
        ...(authorization === undefined ? {} : { token: authorization }),
        connect: { timeout: CONNECT_TIMEOUT_MS },
        keepAliveTimeout: KEEP_ALIVE_MS,
      });
      this.proxies.set(key, agent);
    }
    return agent;
  }
}

/** undici declares both ways of telling the end in one type. */
function answered(work: Promise<void>[], callback: (() => void) | undefined): Promise<void> & void {
  const done = Promise.all(work).then(() => callback?.());
  return done as Promise<void> & void;
}
