import type { EnvironmentSpec, Hold, HoldEnd, HoldRequest, OperationContext } from '@sindri/core';
import { installsExtensions } from '@sindri/image-contract';
import type { FlyApi, OpenApi } from '../api/client.js';
import type { WireMachine } from '../api/types.js';
import { openConnection, type FlyConnection } from '../connection/open-connection.js';
import { publishesPorts, sshAddresses, sshDestination } from '../connection/ssh-destination.js';
import { findInstance, findOwnInstances } from '../machine/find-instance.js';
import { openMachineWork } from '../machine/open-work.js';
import { describeUser, withSignal, type MachineWork } from '../machine/work.js';
import { wake } from '../machine/wake.js';
import { desiredNames, holdDescription, putsToSleep, toIpsData } from '../planner/index.js';
import { createPhases } from '../phase.js';
import { leaveGuard } from './guard.js';
import { takeHoldLease } from './hold-lease.js';
import { keepAwake, withoutConnection, type Keepers } from './keep-awake.js';
import { lookAtInstallation, watchInstallation } from './watch-installation.js';

/**
 * Keeps a machine awake, and until extensions are installed all of them: by an open connection through the edge, which is what Fly's proxy counts, and by a lease, which shows others
 * that it is held. Throws what waking and connecting throw, `FLY_LEASE_HELD`, `FLY_GUARD_IMPOSSIBLE`, `FLY_MACHINE_NOT_OURS`.
 */
export function createHold(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: HoldRequest, context: OperationContext) => Promise<Hold> {
  return async (spec, request, context) => {
    const api = await openApi(context);
    const all = await findOwnInstances(api, spec, request.instance);
    if (request.untilInstalled === true && all.length > 1) {
      return together(await inTurn(all, (machine) => holdOne({ openApi, api, spec, request, context, machine })));
    }
    const { machine } =
      all.length > 1 ? await findInstance(api, spec, undefined, context.emit) : { machine: all[0] as WireMachine };
    return holdOne({ openApi, api, spec, request, context, machine });
  };
}

interface HoldOne {
  openApi: OpenApi;
  api: FlyApi;
  spec: EnvironmentSpec;
  request: HoldRequest;
  context: OperationContext;
  machine: WireMachine;
}

async function holdOne({ openApi, api, spec, request, context, machine }: HoldOne): Promise<Hold> {
  const phases = createPhases(context);
  const work = openMachineWork(api, spec, context, 'hold', (message) => phases.begin('hold', message));
  const until = context.clock.now() + request.durationMs;
  if (request.untilInstalled === true) {
    const sleeps = putsToSleep(machine.config, desiredNames(spec));
    if (!sleeps || !installsExtensions(spec)) return nothingToHold('installed', until);
    const isUp = machine.state === 'started';
    if (isUp && (await lookAtInstallation(api, work.app, machine.id)).state === 'installed') {
      return nothingToHold('installed', until);
    }
  }
  try {
    if (machine.state !== 'started') {
      phases.begin('wake', `Wake machine ${machine.name}, which is ${machine.state}`);
      await wake(work, machine);
    }
    if (request.detach === true) {
      phases.begin('hold', `Leave a guard in machine ${machine.name}`);
      const ips = toIpsData(await api.ips.list(work.app)).items;
      const addresses = sshAddresses(sshDestination(machine.config, ips, desiredNames(spec)));
      await leaveGuard(work, machine, { ...request, addresses });
      phases.end(true);
      return nothingToHold('detached', until, ['a guard inside the machine']);
    }
    const hold = await begin({ openApi, spec, request, work, machine, until });
    phases.end(true);
    return hold;
  } catch (error) {
    phases.end(false);
    throw error;
  }
}

/** Holds one after the other. Where one cannot be had, those before it are let go. */
async function inTurn(
  machines: readonly WireMachine[],
  take: (machine: WireMachine) => Promise<Hold>,
): Promise<Hold[]> {
  const holds: Hold[] = [];
  try {
    for (const machine of machines) holds.push(await take(machine));
    return holds;
  } catch (error) {
    await Promise.all(holds.map((hold) => hold.release()));
    throw error;
  }
}

/** Several holds as one, which is over when the last one is. What has not ended as wished is how it has ended. */
function together(holds: readonly Hold[]): Hold {
  const ended = Promise.all(holds.map((hold) => hold.ended)).then(
    (ends) => ends.find((how) => how !== 'installed') ?? 'installed',
  );
  ended.catch(() => undefined);
  return {
    until: holds[0]?.until ?? '',
    by: [...new Set(holds.flatMap(({ by }) => by))],
    ended,
    release: async () => void (await Promise.all(holds.map((hold) => hold.release()))),
  };
}

interface Beginning {
  openApi: OpenApi;
  spec: EnvironmentSpec;
  request: HoldRequest;
  work: MachineWork;
  machine: WireMachine;
  /** Ms since the epoch. */
  until: number;
}

async function begin({ openApi, spec, request, work, machine, until }: Beginning): Promise<Hold> {
  const { context } = work;
  const { reason, untilInstalled } = request;
  const over = new AbortController();
  const held = withSignal(work, AbortSignal.any([context.signal, over.signal]));
  const connect = (signal: AbortSignal): Promise<FlyConnection> => {
    // Its steps are nobody's concern, what it warns of is.
    const emit: OperationContext['emit'] = (event) => {
      if (event.type === 'notice' || event.type === 'api.request' || event.type === 'api.retry') context.emit(event);
    };
    return openConnection(openApi, spec, { instance: machine.name }, { ...context, signal, emit });
  };
  const keepers: Keepers = { machine, lease: null, connection: null, connect };
  const end = async (): Promise<void> => {
    over.abort();
    keepers.connection?.close();
    await keepers.lease?.release();
  };
  let failure: unknown = null;
  try {
    if (publishesPorts(machine.config)) keepers.connection = await connect(held.context.signal).catch(remember);
    const id = Math.floor(context.random() * 2 ** 32).toString(36);
    const description = holdDescription(reason, describeUser(context.env), id);
    keepers.lease = await takeHoldLease(held, machine, { description, endsAtMs: until }).catch((error: unknown) => {
      // The connection is what counts; the lease tells others of it.
      if (keepers.connection === null || context.signal.aborted) throw error;
      return null;
    });
    context.signal.throwIfAborted();
  } catch (error) {
    await end();
    throw error;
  }
  if (keepers.connection === null) context.emit(withoutConnection(failure ?? noPort, keepers));

  const by = [
    ...(keepers.connection === null ? [] : ['an open connection']),
    ...(keepers.lease === null ? [] : ['a lease']),
  ];
  let released = false;
  const running = Promise.race([
    keepAwake(held, keepers, until),
    ...(untilInstalled === true ? [installed(held, machine)] : []),
  ]);
  const ended = running
    .catch((error: unknown): HoldEnd => {
      if (released) return 'released';
      context.signal.throwIfAborted();
      throw error;
    })
    .finally(end);
  ended.catch(() => undefined);
  return {
    until: new Date(until).toISOString(),
    by,
    ended,
    async release() {
      released = true;
      over.abort();
      await ended.catch(() => undefined);
    },
  };

  function remember(error: unknown): null {
    context.signal.throwIfAborted();
    failure = error;
    return null;
  }
}

const noPort = new Error('It publishes no port.');

async function installed({ api, app, context }: MachineWork, machine: WireMachine): Promise<HoldEnd> {
  await watchInstallation(() => lookAtInstallation(api, app, machine.id), context);
  return 'installed';
}

function nothingToHold(how: HoldEnd, until: number, by: string[] = []): Hold {
  return {
    until: new Date(until).toISOString(),
    by,
    ended: Promise.resolve(how),
    release: () => Promise.resolve(),
  };
}
