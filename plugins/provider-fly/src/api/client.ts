import type { OperationContext } from '@sindri/core';
import { findToken, type FoundToken } from '../auth/sources.js';
import { baseUrl } from './base-url.js';
import { appsApi, type AppsApi } from './apps.js';
import { warmUp, type DispatcherSource } from './dispatcher.js';
import { ipsApi, type IpsApi } from './ips.js';
import { leasesApi, type LeasesApi } from './lease.js';
import { logsApi, type LogsApi } from './logs.js';
import { machinesApi, type MachinesApi } from './machines.js';
import { organizationsApi, type OrganizationsApi } from './organizations.js';
import { privateNetworkApi, type PrivateNetworkApi } from './private-network.js';
import { regionsApi, type RegionsApi } from './regions.js';
import { secretsApi, type SecretsApi } from './secrets.js';
import { createNetworkPool, type NetworkPool } from '../private-network/pool.js';
import { createSend, type Send } from './send.js';
import { volumesApi, type VolumesApi } from './volumes.js';

/** Everything this provider asks of Fly, for one operation. */
export interface FlyApi {
  readonly organizations: OrganizationsApi;
  readonly apps: AppsApi;
  readonly ips: IpsApi;
  readonly secrets: SecretsApi;
  readonly volumes: VolumesApi;
  readonly machines: MachinesApi;
  readonly leases: LeasesApi;
  readonly regions: RegionsApi;
  readonly logs: LogsApi;
  readonly privateNetwork: PrivateNetworkApi;
  readonly send: Send;
  /** The ways into private networks that are open. */
  readonly networks: NetworkPool;
  /** Opens connections in the background, for `count` requests that are going to be sent together soon. */
  warmUp(count: number): void;
  /** The same, ended by another signal: for work that races, and for clean-up after a cancel. */
  withSignal(signal: AbortSignal): FlyApi;
}

/** Makes the API for one operation. Throws `FLY_TOKEN_MISSING`. */
export type OpenApi = (context: OperationContext) => Promise<FlyApi>;

/** The door to Fly: one pool of connections, a token looked up anew for each operation. */
export function createApiOpener(dispatchers: DispatcherSource, networks: NetworkPool = createNetworkPool()): OpenApi {
  return async (context) => composeApi(context, dispatchers, await findToken(context), networks);
}

/** The API for a credential that was found already; with `null` only calls that need none. */
export function composeApi(
  context: OperationContext,
  dispatchers: DispatcherSource,
  credentials: FoundToken | null,
  networks: NetworkPool = createNetworkPool(),
): FlyApi {
  const dispatcher = dispatchers(context);
  const send = createSend({ context, dispatcher, credentials });
  return {
    organizations: organizationsApi(send),
    apps: appsApi(send),
    ips: ipsApi(send),
    secrets: secretsApi(send),
    volumes: volumesApi(send),
    machines: machinesApi(send),
    leases: leasesApi(send),
    regions: regionsApi(send),
    logs: logsApi(send),
    privateNetwork: privateNetworkApi(send),
    send,
    networks,
    warmUp: (count) => warmUp(dispatcher, baseUrl('machines', context.env), count),
    withSignal: (signal) => composeApi({ ...context, signal }, dispatchers, credentials, networks),
  };
}
