import type { OperationContext } from '@sindri/core';
import type { FlyApi } from '../api/client.js';

/** What all work on the machines of one app needs. */
export interface MachineWork {
  api: FlyApi;
  context: OperationContext;
  app: string;
  /** Tells what is being waited for. */
  progress(message: string): void;
  /** How long to wait for somebody else's lease. */
  lockTimeoutMs: number;
  /** Who we are, for those who wait for us. */
  who: string;
}

/** Which machine. */
export interface MachineRef {
  id: string;
  name: string;
}

/** `work` whose calls end with `signal`. */
export function withSignal(work: MachineWork, signal: AbortSignal): MachineWork {
  return { ...work, api: work.api.withSignal(signal), context: { ...work.context, signal } };
}

/** The user and computer that a lease's description names, as far as the environment tells. */
export function describeUser(env: OperationContext['env']): string {
  const user = env.USER || env.LOGNAME || 'somebody';
  return env.HOSTNAME ? `${user}@${env.HOSTNAME}` : user;
}
