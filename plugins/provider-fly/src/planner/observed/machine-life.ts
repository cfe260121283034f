import type { EnvironmentState } from '@sindri/core';
import type { MachineData, MachineEventData } from '../../model.js';

const states: Readonly<Record<string, EnvironmentState>> = {
  created: 'creating',
  starting: 'creating',
  started: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
  suspending: 'suspending',
  suspended: 'suspended',
  replacing: 'creating',
  updating: 'creating',
  restarting: 'creating',
  migrating: 'creating',
  destroying: 'destroying',
  failed: 'failed',
  launch_failed: 'failed',
};

/** A machine's state in the words of all providers. */
export function environmentState(machineState: string): EnvironmentState {
  return states[machineState] ?? 'unknown';
}

/** Whether the host of a machine or a volume does not answer: then nothing of it can be asked, and its config may be missing. */
export function hasLostHost<T extends { hostStatus: string | null }>(seen: T): seen is T & { hostStatus: string } {
  return seen.hostStatus !== null && seen.hostStatus !== 'ok';
}

/** Machine states in which processes run, or are about to. */
const runningStates = new Set(['started', 'starting', 'restarting', 'replacing', 'updating']);

/** Whether a change of the config interrupts running processes. */
export function isRunning({ state }: Pick<MachineData, 'state'>): boolean {
  return runningStates.has(state);
}

/** Whether a machine is on its way out: nothing can be done with it any more. */
export function isDying({ state }: MachineData): boolean {
  return state === 'destroying' || state === 'launch_failed';
}

/**
 * Whether a machine never came to life: its create or its first start was interrupted, or failed. A deploy starts such a
 * machine, while it leaves one alone that was stopped or suspended on purpose.
 */
export function neverCameUp({ state }: MachineData): boolean {
  return state === 'created' || state === 'failed';
}

/** Whether an update of the machine is under way. Nothing else can be done to it meanwhile. */
export function isBeingReplaced({ state }: MachineData): boolean {
  return state === 'replacing' || state === 'updating';
}

/**
 * Whether an update has left the machine stopped and nobody has started or stopped it since: Fly never starts one that did not run.
 * A deploy always does after its updates, so one of them was interrupted before it could.
 */
export function leftStoppedByUpdate({ state, events }: MachineData): boolean {
  return state === 'stopped' && events[0]?.type === 'update';
}

/** The end of the last run, when the main process ended by itself and nobody had asked for a stop. */
export function endedByItself(machine: MachineData): MachineEventData | null {
  if (machine.state !== 'stopped' && machine.state !== 'failed') return null;
  // Newest first. A stop by the user or by Fly's proxy shows as an event of its own, before the exit.
  for (const event of machine.events) {
    if (event.type === 'exit') {
      const rest = machine.events.slice(machine.events.indexOf(event) + 1);
      const before = rest.find(({ type }) => type === 'start' || type === 'stop' || type === 'suspend');
      const wasAsked = event.exit?.requestedStop === true || before?.type === 'stop';
      return wasAsked || event.exit === null ? null : event;
    }
    if (event.type === 'stop' || event.type === 'start' || event.type === 'suspend') return null;
  }
  return null;
}

/** How a run ended, in words: `exit code 137 (out of memory)`. */
export function exitText({ exit }: MachineEventData): string {
  if (exit === null) return 'an unknown exit code';
  return `exit code ${exit.code}${exit.oomKilled ? ' (out of memory)' : ''}`;
}
