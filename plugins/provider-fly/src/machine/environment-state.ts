import type { EnvironmentState } from '@sindri/core';

const STATES: Record<string, EnvironmentState> = {
  created: 'creating',
  creating: 'creating',
  starting: 'creating',
  restarting: 'creating',
  updating: 'creating',
  replacing: 'creating',
  started: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
  suspending: 'suspending',
  suspended: 'suspended',
  destroying: 'destroying',
  destroyed: 'absent',
  failed: 'failed',
  launch_failed: 'failed',
};

/** A machine's state in the words of all providers. */
export function environmentState(machineState: string): EnvironmentState {
  return STATES[machineState] ?? 'unknown';
}
