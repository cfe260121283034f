import type { OperationContext } from '@sindri/core';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';

/** Finds the connection pool for a context. */
export type DispatcherSource = (context: Pick<OperationContext, 'dispatcher' | 'env'>) => Dispatcher;

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connection pools of one provider instance: the caller's own dispatcher when there is one, else a pool that honours
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the context. Idle connections do not keep a process alive.
 */
export function createDispatcherSource(): DispatcherSource {
  const pools = new Map<string, Dispatcher>();
  return ({ dispatcher, env }) => {
    if (dispatcher !== undefined) return dispatcher as Dispatcher;
    const settings = {
      // Every setting is given, because undici fills gaps from the process's own environment.
      httpProxy: env.http_proxy ?? env.HTTP_PROXY ?? '',
      httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? env.http_proxy ?? env.HTTP_PROXY ?? '',
      noProxy: withLoopback(env.no_proxy ?? env.NO_PROXY ?? ''),
    };
    const key = JSON.stringify(settings);
    let pool = pools.get(key);
    if (pool === undefined) {
      pool = new EnvHttpProxyAgent({ ...settings, connect: { timeout: CONNECT_TIMEOUT_MS } });
      pools.set(key, pool);
    }
    return pool;
  };
}

/** Loopback is never behind a proxy: a local Fly must be reachable whatever the network asks for. */
function withLoopback(noProxy: string): string {
  return noProxy.trim() === '*'
    ? '*'
    : [noProxy, 'localhost', '127.0.0.1', '[::1]'].filter((item) => item !== '').join(',');
}
