import { isSindriError, type HoldEnd, type OperationContext, type SindriError } from '@sindri/core';
import type { SshConnection } from '@sindri/ssh';
import type { WireMachine } from '../api/types.js';
import type { MachineRef, MachineWork } from '../machine/work.js';
import { pastEvents, toMachineData } from '../planner/index.js';
import { flyError } from '../fly-error.js';
import type { HoldLease } from './hold-lease.js';
import { holdTiming } from './timing.js';

const RUNS = 'started';
const ON_ITS_WAY = new Set(['created', 'starting', 'restarting', 'replacing', 'updating', 'stopping']);

/** What keeps one machine awake. */
export interface Keepers {
  machine: MachineRef;
  lease: HoldLease | null;
  connection: SshConnection | null;
  /** Opens another connection. Rejects when there is no way. */
  connect(signal: AbortSignal): Promise<SshConnection>;
}

/**
 * Sees to it that the connection and the lease are there, until `endsAtMs`, and that the machine has not gone to sleep: a connection that
 * ends (the machine was updated, a network failed) is opened again. Resolves with `expired`, or with `interrupted` when somebody has
 * stopped the machine; rejects with `FLY_HOLD_LOST` when it sleeps all the same, and when the signal is aborted.
 */
export async function keepAwake(work: MachineWork, keepers: Keepers, endsAtMs: number): Promise<HoldEnd> {
  const { clock, signal, emit } = work.context;
  let lostSinceMs: number | null = null;
  let warned = false;
  for (;;) {
    const left = endsAtMs - clock.now();
    if (left <= 0) return 'expired';
    const isWhole = keepers.connection !== null || warned;
    const pauseMs = lostSinceMs !== null || !isWhole ? holdTiming.soonMs : holdTiming.lookMs;
    await pauseOrEnd(work.context, Math.min(left, pauseMs), keepers);
    if (clock.now() >= endsAtMs) return 'expired';

    const machine = await orNull(work, () => work.api.machines.get(work.app, keepers.machine.id));
    if (machine === 'unknown') continue;
    if (machine === null || machine.state !== RUNS) {
      lostSinceMs ??= clock.now();
      const mayComeBack = machine !== null && ON_ITS_WAY.has(machine.state);
      if (mayComeBack && clock.now() - lostSinceMs < holdTiming.backMs) continue;
      // It may have been stopped only to be started again, as a restart does.
      if (!mayComeBack && clock.now() - lostSinceMs < holdTiming.soonMs) continue;
      return endOf(machine, keepers.machine);
    }
    lostSinceMs = null;
    await orNull(work, async () => keepers.lease?.tend());
    if (keepers.connection !== null) continue;
    try {
      keepers.connection = await keepers.connect(signal);
      warned = false;
    } catch (error) {
      signal.throwIfAborted();
      if (!warned) emit(withoutConnection(error, keepers));
      warned = true;
    }
  }
}

/** Says that a hold goes on without a connection through the edge. */
export function withoutConnection(error: unknown, { machine, lease }: Pick<Keepers, 'machine' | 'lease'>) {
  const why = isSindriError(error) ? error.message : String(error);
  const rest = lease === null ? 'Nothing else keeps it awake.' : 'Only a lease keeps it awake, which Fly may not heed.';
  const message = `There is no open connection to machine ${machine.name}. ${rest} ${why}`;
  return { type: 'notice', level: 'warning', code: 'FLY_HOLD_WEAK', message } as const;
}

/** Until so much time has passed, or the connection has ended. */
async function pauseOrEnd({ clock, signal }: OperationContext, ms: number, keepers: Keepers): Promise<void> {
  const stop = new AbortController();
  const { connection } = keepers;
  const closed = connection?.closed.then(() => {
    if (keepers.connection === connection) keepers.connection = null;
  });
  const pause = clock.sleep(ms, AbortSignal.any([signal, stop.signal]));
  pause.catch(() => undefined);
  await Promise.race(closed === undefined ? [pause] : [pause, closed]);
  stop.abort();
  signal.throwIfAborted();
}

async function orNull<T>(work: MachineWork, ask: () => Promise<T>): Promise<T | 'unknown'> {
  try {
    return await ask();
  } catch (error) {
    work.context.signal.throwIfAborted();
    if (isSindriError(error) && error.kind === 'auth') throw error;
    return 'unknown';
  }
}

/** Whether somebody wanted it so, by the newest end that Fly tells of. */
function endOf(machine: WireMachine | null, { id, name }: MachineRef): HoldEnd {
  if (machine === null || machine.state.startsWith('destroy')) return 'interrupted';
  const oldestFirst = toMachineData(machine).events.toReversed();
  const end = pastEvents(oldestFirst).findLast(({ kind }) => /^(stopped|suspended|crashed|out-of-memory)$/.test(kind));
  if (end?.cause === 'user') return 'interrupted';
  throw holdLost(name, { machine: id, state: machine.state });
}

function holdLost(name: string, details: { machine: string; state: string }): SindriError {
  return flyError({
    code: 'FLY_HOLD_LOST',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${name} is ${details.state}, although it was to be kept awake.`,
    hint: 'See what has happened with `sindri events`, start it with `sindri start`, and hold it again.',
    details,
  });
}
