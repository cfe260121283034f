import type { EnvironmentState } from '@sindri/core';
import type { ContainerFacts } from './containers.js';

/** The exit codes of a process that ended in order, or by the signals of a stop; anything else it did by itself. */
const IN_ORDER: readonly number[] = [0, 130, 137, 143];

/** The state of an environment, as far as its container decides it. One that was never started is half made. */
export function stateOf({
  status,
  started,
  exitCode,
  trouble,
}: Pick<ContainerFacts, 'status' | 'started' | 'exitCode' | 'trouble'>): EnvironmentState {
  if (status === 'running') return 'running';
  if (status === 'paused') return 'suspended';
  if (status === 'removing' || status === 'dead') return 'destroying';
  if (status === 'restarting') return 'failed';
  if (!started) return trouble === '' ? 'incomplete' : 'failed';
  return IN_ORDER.includes(exitCode) && trouble === '' ? 'stopped' : 'failed';
}

/** Why a container has failed, as a sentence. */
export function failureOf({ exitCode, trouble }: Pick<ContainerFacts, 'exitCode' | 'trouble'>): string {
  return trouble === '' ? `Its process ended by itself with ${exitCode}.` : `It does not run: ${trouble}.`;
}

/** When a container was made, started, and stopped where it does not run. */
export function timesOf(container: ContainerFacts | Omit<ContainerFacts, 'labels' | 'limits'>) {
  const { createdAt, startedAt, finishedAt } = container;
  const hasEnded = ['stopped', 'failed'].includes(stateOf(container));
  return { createdAt, startedAt, stoppedAt: hasEnded ? finishedAt : null, updatedAt: createdAt };
}
