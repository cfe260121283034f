import type { Duplex } from 'node:stream';
import type { DialRequest, EnvironmentSpec, OperationContext } from '@sindri/core';
import type { OpenApi } from '../api/client.js';
import { openConnection } from './open-connection.js';

/** A byte stream to a port inside, through SSH: the port itself need not be open to anybody else. */
export function createDial(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: DialRequest, context: OperationContext) => Promise<Duplex> {
  return async (spec, { port, ...choice }, context) => {
    const connection = await openConnection(openApi, spec, choice, context);
    try {
      const stream = await connection.forward(port);
      stream.once('close', () => connection.close());
      return stream;
    } catch (error) {
      connection.close();
      throw error;
    }
  };
}
