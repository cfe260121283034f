import type { Duplex } from 'node:stream';
import type { DialRequest, EnvironmentSpec, OperationContext } from '@sindri/core';
import type { OpenApi } from '../api/client.js';
import type { NetworkPool } from '../private-network/pool.js';
import { createDialInside } from './dial-inside.js';
import { openConnection } from './open-connection.js';

/**
 * A byte stream to a port inside. Through SSH the port itself need not be open to anybody else; by the methods of the private network
 * it is dialled there, without a login, and must listen on the private address.
 */
export function createDial(
  openApi: OpenApi,
  networks: NetworkPool,
): (spec: EnvironmentSpec, request: DialRequest, context: OperationContext) => Promise<Duplex> {
  const dialInside = createDialInside(openApi, networks);
  return async (spec, request, context) =>
    request.method === 'proxy' || request.method === 'hallpass'
      ? dialInside(spec, request, context)
      : dialThroughSsh(openApi, spec, request, context);
}

async function dialThroughSsh(
  openApi: OpenApi,
  spec: EnvironmentSpec,
  { port, ...choice }: DialRequest,
  context: OperationContext,
): Promise<Duplex> {
  const connection = await openConnection(openApi, spec, choice, context);
  try {
    const stream = await connection.forward(port);
    stream.once('close', () => connection.close());
    return stream;
  } catch (error) {
    connection.close();
    throw error;
  }
}
