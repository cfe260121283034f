import type { Duplex } from 'node:stream';
import type { DialRequest, EnvironmentSpec, OperationContext } from '@sindri/core';
import { baseUrl } from '../api/base-url.js';
import type { FlyApi, OpenApi } from '../api/client.js';
import type { Entering, NetworkPool } from '../private-network/pool.js';
import { refuseDeadMachine } from '../machine/dead-end.js';
import { findInstance } from '../machine/find-instance.js';
import { openMachineWork } from '../machine/open-work.js';
import { wake } from '../machine/wake.js';
import { appName } from '../planner/index.js';
import { createInside } from './inside.js';
import { createLeaving } from './leave-later.js';

/** So long a machine is taken to be where it was found. Milliseconds. */
const KNOWN_MS = 30_000;
/** So long one that was found before may take to answer before it is looked for again, at the same time. */
const HEAD_START_MS = 250;

/** Opens a stream to a port of the private address. */
export type DialInside = (spec: EnvironmentSpec, request: DialRequest, context: OperationContext) => Promise<Duplex>;

/**
 * Connections often come one after the other, and each would ask Fly where the machine is and whether it runs: they go to where the last
 * one has found it, and while somebody is in the network nobody is asked, not even a keyring for the token. Where nothing answers there
 * soon, it is looked for, and woken.
 */
export function createDialInside(openApi: OpenApi, networks: NetworkPool): DialInside {
  const found = new Map<string, { address: string | null; atMs: number }>();
  const leave = createLeaving();

  return async (spec, { port, instance, until }, context) => {
    const { stateDir, env, clock } = context;
    const app = appName(spec);
    const key = JSON.stringify([app, instance ?? null, stateDir, baseUrl('machines', env).href]);
    const search = async (within: OperationContext): Promise<Duplex> => {
      const api = await openApi(within);
      const address = await findAwake(api, spec, instance, within);
      found.set(key, { address, atMs: clock.now() });
      return reach(networks.enter(api, app, within), address, within);
    };
    /** A stream that leaves the private network with its end, or later. */
    const reach = async (entering: Entering, address: string | null, { signal }: OperationContext): Promise<Duplex> => {
      try {
        const stream = await createInside(() => entering, { app, address }).reach(port, signal);
        stream.once('close', () => leave(entering, until));
        return stream;
      } catch (error) {
        entering.leave();
        throw error;
      }
    };

    const known = found.get(key);
    if (known === undefined || clock.now() - known.atMs > KNOWN_MS) return search(context);
    const entering = networks.join(app, context) ?? networks.enter(await openApi(context), app, context);
    const before = reach(entering, known.address, context);
    const early = await firstWithin(before, HEAD_START_MS, context);
    return early ?? firstOf(before, search, context);
  };
}

/** The private address of a machine that runs. */
async function findAwake(
  api: FlyApi,
  spec: EnvironmentSpec,
  instance: string | undefined,
  context: OperationContext,
): Promise<string | null> {
  const { machine } = await findInstance(api, spec, instance, context.emit);
  if (machine.state !== 'started') {
    const work = openMachineWork(api, spec, context, 'connect');
    await refuseDeadMachine(work, machine);
    await wake(work, machine);
  }
  return machine.private_ip || null;
}

/** What comes of the work within `ms`; `null` when that is nothing, or not yet. */
async function firstWithin(work: Promise<Duplex>, ms: number, { clock }: OperationContext): Promise<Duplex | null> {
  const over = new AbortController();
  const nothing = (): null => null;
  const outcome = await Promise.race([work.catch(nothing), clock.sleep(ms, over.signal).then(nothing, nothing)]);
  // Without a reason Node writes a stack trace, for each connection.
  over.abort('settled');
  return outcome;
}

/**
 * The stream that opens first; the other one is ended, and so is a search that is still under way. When none does, what is wrong says the
 * search.
 */
async function firstOf(
  before: Promise<Duplex>,
  search: (within: OperationContext) => Promise<Duplex>,
  context: OperationContext,
): Promise<Duplex> {
  const over = new AbortController();
  const searched = search({ ...context, signal: AbortSignal.any([context.signal, over.signal]) });
  const first = await Promise.any([before, searched]).catch(() => searched);
  for (const work of [before, searched]) {
    void work.then((stream) => stream !== first && stream.destroy()).catch(() => undefined);
  }
  over.abort('settled');
  return first;
}
