import { type SindriError, type JsonObject } from '@sindri/core';
import { metadataOf } from '../api/machines.js';
import type { WireExitEvent, WireMachine, WireMachineEvent } from '../api/types.js';
import { metadataKeys } from '../model.js';
import { lastLogLines, quote } from './last-log-lines.js';
import type { MachineRef, MachineWork } from './work.js';
import { timing } from './timing.js';
import { flyError } from '../fly-error.js';

export interface BootWatch {
  machine: MachineRef;
  /** Events up to this time (ms) belong to an earlier life of the machine. */
  sinceMs: number;
  /** The config that must stay in force; another one means that Fly took the update back. */
  launchId?: string;
  /** The version that must come up; absent = whichever is in force. */
  version?: string;
  /** Of our own lease on the machine, when we hold it: a start needs it then. */
  nonce?: string;
  /** The machine was just created and comes up by itself: it is not started by us while it is `created`. */
  launches?: boolean;
  /** Fly has just been told, and brings it up by itself: the wait comes first, a look only when it has ended. */
  isBegun?: boolean;
}

const FAILED_STATES = new Set(['failed', 'launch_failed', 'destroying', 'destroyed']);
const RESTING_STATES = new Set(['stopped', 'suspended']);

/** The time of the newest event: whatever is newer comes from what is done next. */
export function newestEventMs(machine: Pick<WireMachine, 'events'>): number {
  return Math.max(-1, ...(machine.events ?? []).map(({ timestamp }) => timestamp));
}

/**
 * Looks at a booting machine again and again until `signal` is aborted, and throws as soon as it cannot come up any more:
 * `FLY_MACHINE_EXITED` with exit code and last log lines, `FLY_MACHINE_FAILED`, `FLY_MACHINE_STOPPED` when a person stopped it,
 * `FLY_UPDATE_REVERTED`. Resolves to `resting` for one that lies still without anybody's wish: it wants a start.
 */
export async function watchBoot(work: MachineWork, watch: BootWatch): Promise<'resting'> {
  let told = '';
  for (;;) {
    await work.context.clock.sleep(timing.watchMs, work.context.signal);
    const machine = await work.api.machines.get(work.app, watch.machine.id);
    // A host may know of a new machine before the API does.
    if (machine === null) continue;
    await throwIfFailed(work, watch, machine);
    if (RESTING_STATES.has(machine.state)) return 'resting';
    const now = describeBoot(machine);
    if (now !== told) work.progress(now);
    told = now;
  }
}

/** One look of {@link watchBoot}. */
export async function throwIfFailed(work: MachineWork, watch: BootWatch, machine: WireMachine): Promise<void> {
  const exit = findExit(machine.events ?? [], watch.sinceMs);
  if (exit !== null) throw await exitedError(work, watch.machine, exit);
  if (FAILED_STATES.has(machine.state)) throw await failedError(work, watch.machine, machine);
  if (RESTING_STATES.has(machine.state) && wasStopped(machine.events ?? [], watch.sinceMs)) throw stoppedError(machine);
  const mark = metadataOf(machine)[metadataKeys.launchId];
  if (watch.launchId !== undefined && machine.config && mark !== watch.launchId)
    throw await revertedError(work, watch.machine);
}

/** What happened since the first launch or start that we are responsible for, oldest first. */
function sinceLaunch(events: readonly WireMachineEvent[], sinceMs: number): WireMachineEvent[] {
  const recent = events.filter(({ timestamp }) => timestamp > sinceMs).sort((a, b) => a.timestamp - b.timestamp);
  const begun = recent.findIndex(({ type }) => type === 'launch' || type === 'start');
  return begun === -1 ? [] : recent.slice(begun);
}

/** Whether a person has put the machine to rest again. When Fly's proxy did, because nobody was connected, it may be woken. */
function wasStopped(events: readonly WireMachineEvent[], sinceMs: number): boolean {
  const ends = sinceLaunch(events, sinceMs).filter(({ type }) => ['stop', 'suspend', 'exit'].includes(type));
  // Only what begins an end tells who wanted it: what follows from it comes from Fly's own daemon.
  const asked = ends.filter(({ type, source }) => type !== 'exit' && source !== 'flyd').at(-1);
  return asked === undefined ? ends.length > 0 : asked.source !== 'proxy';
}

/** The exit of the main process that nobody asked for. */
function findExit(events: readonly WireMachineEvent[], sinceMs: number): WireExitEvent | null {
  for (const event of sinceLaunch(events, sinceMs)) {
    // A stop, by a person or by Fly's proxy, shows as an event of its own before the exit that it causes.
    if (event.type === 'stop' || event.type === 'suspend') return null;
    if (event.type !== 'exit') continue;
    const exit = event.request?.exit_event ?? event.request?.MonitorEvent?.exit_event ?? {};
    if (exit.requested_stop !== true) return exit;
  }
  return null;
}

async function exitedError(work: MachineWork, machine: MachineRef, exit: WireExitEvent): Promise<SindriError> {
  // The guest's own code is 0 whatever happened (recorded with 127, 2 and 137).
  const code = exit.exit_code ?? exit.guest_exit_code ?? null;
  const lines = await lastLogLines(work, machine);
  const why = exit.oom_killed === true ? 'it ran out of memory' : `exit code ${code ?? 'unknown'}`;
  return flyError({
    code: 'FLY_MACHINE_EXITED',
    kind: 'refused',
    message: `Machine ${machine.name} ended right after its start: ${why}.`,
    hint: `${exit.oom_killed === true ? 'Set `deployment.resources.memory` higher. ' : ''}${quote(lines)}`,
    details: {
      machine: machine.id,
      exitCode: code,
      signal: exit.guest_signal ?? exit.signal ?? null,
      oomKilled: exit.oom_killed ?? false,
      lastLogLines: lines,
    } satisfies JsonObject,
  });
}

async function failedError(work: MachineWork, machine: MachineRef, seen: WireMachine): Promise<SindriError> {
  const lines = await lastLogLines(work, machine);
  return flyError({
    code: 'FLY_MACHINE_FAILED',
    kind: 'refused',
    message: `Machine ${machine.name} did not come up: Fly calls it ${seen.state}.`,
    hint: quote(lines),
    details: { machine: machine.id, state: seen.state, lastLogLines: lines },
  });
}

function stoppedError(machine: WireMachine): SindriError {
  return flyError({
    code: 'FLY_MACHINE_STOPPED',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${machine.name} was ${machine.state} by somebody else while it was starting.`,
    hint: 'Run the same command again: it starts it anew.',
    details: { machine: machine.id, state: machine.state },
  });
}

async function revertedError(work: MachineWork, machine: MachineRef): Promise<SindriError> {
  const lines = await lastLogLines(work, machine);
  return flyError({
    code: 'FLY_UPDATE_REVERTED',
    kind: 'refused',
    retryable: true,
    message: `Fly accepted the update of machine ${machine.name} and then took it back: the old config is in force again.`,
    hint:
      'This happens when the image cannot be pulled, or when its host has no room for the new size. Check `deployment.image`, ' +
      `try again later, or ask for less. ${quote(lines)}`,
    details: { machine: machine.id, lastLogLines: lines },
  });
}

function describeBoot(machine: WireMachine): string {
  const failing = (machine.checks ?? []).find(({ status }) => status !== 'passing');
  return failing === undefined
    ? `machine ${machine.name} is ${machine.state}`
    : `machine ${machine.name} is ${machine.state}, check ${failing.name} is ${failing.status}`;
}
