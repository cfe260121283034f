import type { Duplex } from 'node:stream';
import type { DialRequest, EnvironmentSpec, OperationContext } from '@sindri/core';
import type { OpenApi } from '../api/client.js';
import { refuseDeadMachine } from '../machine/dead-end.js';
import { openMachineWork } from '../machine/open-work.js';
import { wake } from '../machine/wake.js';
import { desiredNames } from '../planner/index.js';
import { createInside } from './inside.js';
import { findDestination, openConnection } from './open-connection.js';

/**
 * A byte stream to a port inside. Through SSH the port itself need not be open to anybody else; by the methods of the private network
 * it is dialled there, without a login, and must listen on the private address.
 */
export function createDial(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: DialRequest, context: OperationContext) => Promise<Duplex> {
  return async (spec, request, context) =>
    request.method === 'proxy' || request.method === 'hallpass'
      ? dialInside(openApi, spec, request, context)
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

async function dialInside(
  openApi: OpenApi,
  spec: EnvironmentSpec,
  { port, instance }: DialRequest,
  context: OperationContext,
): Promise<Duplex> {
  const api = await openApi(context);
  const { machine } = await findDestination(api, spec, instance, context.emit);
  if (machine.state !== 'started') {
    const work = openMachineWork(api, spec, context, 'connect');
    await refuseDeadMachine(work, machine);
    await wake(work, machine);
  }
  const place = { app: desiredNames(spec).app, address: machine.private_ip || null };
  const inside = createInside(api.networks, api, place, context);
  try {
    const stream = await inside.reach(port, context.signal);
    stream.once('close', () => inside.close());
    return stream;
  } catch (error) {
    inside.close();
    throw error;
  }
}
