import { FlyApiError, hasCode, outcomeUnknownError } from '../api/errors.js';
import type { WireMachine } from '../api/types.js';
import { awaitSettled, awaitState } from './await-state.js';
import { newestEventMs, type BootWatch } from './boot-watch.js';
import { whenUnleased } from './held-lease.js';
import { timing } from './timing.js';
import { wakeWatch } from './wake.js';
import type { MachineWork } from './work.js';
import { flyError } from '../fly-error.js';

const RUNS = new Set(['started', 'starting', 'restarting']);
const SLEEPS = new Set(['suspended', 'suspending']);
/** How often a restart whose answer was lost, and of which nothing is to be seen, is asked for. */
const MOST_ASKS = 3;

/**
 * Ends the processes of a machine, so that the next start is a new one: by a restart where it runs; by a stop where it is suspended,
 * for its memory would come back otherwise. What is stopped needs nothing. Returns what to watch while it comes up again, which is
 * the caller's to await. Safe against a lost answer: looks before it asks a second time.
 */
export async function endProcesses(work: MachineWork, seen: WireMachine): Promise<BootWatch> {
  await awaitSettled(work, seen);
  const machine = (await work.api.machines.get(work.app, seen.id)) ?? seen;
  const watch = wakeWatch(machine);
  if (SLEEPS.has(machine.state)) {
    work.progress(`stopping machine ${machine.name}, which is ${machine.state}: its memory is dropped`);
    await whenUnleased(work, machine, () =>
      work.api.machines.stop(work.app, machine.id, { timeoutMs: timing.stopGraceMs }),
    );
    await awaitState(work, { machine, state: 'stopped', timeoutMs: timing.stopMs });
    return { ...watch, sinceMs: await newestNow(work, machine) };
  }
  // A start that is under way may be one from memory.
  if (machine.state === 'starting') await awaitState(work, { machine, state: 'started', timeoutMs: timing.startMs });
  // One that is `restarting` ends them already, as after a run of this command that was cut off.
  if (machine.state === 'started' || machine.state === 'starting') await restart(work, machine);
  return watch;
}

async function restart(work: MachineWork, machine: WireMachine): Promise<void> {
  const { clock, signal } = work.context;
  const began = clock.now();
  const sinceMs = newestEventMs(machine);
  for (let asks = 1; ;) {
    work.progress(`restarting machine ${machine.name}`);
    try {
      await whenUnleased(work, machine, () =>
        work.api.machines.restart(work.app, machine.id, { timeoutMs: timing.stopGraceMs }),
      );
      break;
    } catch (error) {
      if (!(error instanceof FlyApiError)) throw error;
      const isUnknown = error.outcomeUnknown;
      if (!isUnknown && !hasCode(error, 'FLY_MACHINE_BUSY', 'FLY_PRECONDITION', 'FLY_CONFLICT')) throw error;
      const now = await look(work, machine, error);
      // Done, or it fell asleep a moment ago: a start is all that it needs.
      if (!RUNS.has(now.state) || hasEndedSince(now, sinceMs)) break;
      if (isUnknown && asks++ >= MOST_ASKS) throw error;
      if (clock.now() >= began + timing.busyMs) throw error;
      await clock.sleep(timing.busyRetryMs, signal);
    }
  }
  await awaitEnd(work, machine, sinceMs);
}

/** Until the old processes have ended: what is `started` before that is not started yet. */
async function awaitEnd(work: MachineWork, machine: WireMachine, sinceMs: number): Promise<void> {
  const { clock, signal } = work.context;
  const deadline = clock.now() + timing.stopMs;
  for (;;) {
    const now = await work.api.machines.get(work.app, machine.id);
    if (now === null || now.state !== 'started' || hasEndedSince(now, sinceMs)) return;
    if (clock.now() >= deadline) {
      throw flyError({
        code: 'FLY_STATE_TIMEOUT',
        kind: 'incomplete',
        retryable: true,
        message: `Fly accepted the restart of machine ${machine.name}, but has not restarted it within ${timing.stopMs / 1_000} s.`,
        hint: 'Run the same command again, or stop and start it: `sindri stop`, `sindri start`.',
        details: { machine: machine.id, state: now.state },
      });
    }
    await clock.sleep(timing.watchMs, signal);
  }
}

/** Whether a run that was under way at `sinceMs` is over: each leaves an event at its end or at the next beginning. */
function hasEndedSince({ state, events }: WireMachine, sinceMs: number): boolean {
  if (state === 'restarting') return true;
  return (events ?? []).some(({ type, timestamp }) => timestamp > sinceMs && /^(restart|exit|start)$/.test(type));
}

async function look(work: MachineWork, machine: WireMachine, cause: FlyApiError): Promise<WireMachine> {
  const now = await work.api.machines.get(work.app, machine.id).catch(() => null);
  work.context.signal.throwIfAborted();
  if (now === null) throw outcomeUnknownError(`restart machine ${machine.name}`, cause);
  return now;
}

/** The events up to a stop of our own say nothing about the start that follows. */
async function newestNow(work: MachineWork, machine: WireMachine): Promise<number> {
  const now = await work.api.machines.get(work.app, machine.id);
  return newestEventMs(now ?? machine);
}
