import type { Duplex } from 'node:stream';
import type { EnvironmentSpec, OperationContext } from '@sindri/core';
import { awaitGreeting } from '@sindri/ssh';
import type { OpenApi } from '../api/client.js';
import { appName } from '../planner/index.js';
import { createInside } from './inside.js';
import { findDestination } from './open-connection.js';
import { findWays } from './ways.js';

const DIAL_MS = 60_000;

/** The bytes of the SSH server of the image, by whichever method works. The machine must run, or wake by a connection. */
export function createSshStream(
  openApi: OpenApi,
): (spec: EnvironmentSpec, context: OperationContext) => Promise<Duplex> {
  return async (spec, context) => {
    const { signal, clock } = context;
    const api = await openApi(context);
    const { machine, ssh } = await findDestination(api, spec, undefined);
    const app = appName(spec);
    const inside = createInside(() => api.networks.enter(api, app, context), {
      app,
      address: machine.private_ip || null,
    });
    try {
      const { via } = await findWays(undefined, app, ssh, inside, context);
      const { stream } = await via.open({ signal, clock, timeoutMs: DIAL_MS, prove: awaitGreeting });
      stream.once('close', () => inside.close());
      return stream;
    } catch (error) {
      inside.close();
      throw error;
    }
  };
}
