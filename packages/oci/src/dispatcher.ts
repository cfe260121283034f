import { proxySettings, type OperationContext } from '@sindri/core';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { registryError } from './registry-error.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** Where connections come from: the caller's own dispatcher, else through the proxy that the environment names. */
export function dispatcherFor({ dispatcher, env }: Pick<OperationContext, 'dispatcher' | 'env'>): Dispatcher {
  if (dispatcher !== undefined) return dispatcher as Dispatcher;
  try {
    return new EnvHttpProxyAgent({ ...proxySettings(env), connect: { timeout: CONNECT_TIMEOUT_MS } });
  } catch (cause) {
    throw registryError({
      code: 'REGISTRY_UNREACHABLE',
      kind: 'incomplete',
      message: 'The proxy that HTTPS_PROXY or HTTP_PROXY names cannot be used.',
      hint: 'Set it to something like http://proxy.example:3128, or unset it. NO_PROXY names what is reached without it.',
      cause,
    });
  }
}
