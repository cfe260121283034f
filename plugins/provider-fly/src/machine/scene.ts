import type { OperationContext, Redactor } from '@sindri/core';
import type { FlyApi } from '../api/client.js';

/** What all work on the machines of one app needs. */
export interface Scene {
  api: FlyApi;
  context: OperationContext;
  app: string;
  /** Tells what is being waited for. */
  progress(message: string): void;
  /** Hides secret values in what a machine wrote. */
  redactor: Redactor;
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

/** `scene` whose calls end with `signal`. */
export function withSignal(scene: Scene, signal: AbortSignal): Scene {
  return { ...scene, api: scene.api.withSignal(signal), context: { ...scene.context, signal } };
}

/** The user and computer that a lease's description names, as far as the environment tells. */
export function describeUser(env: OperationContext['env']): string {
  const user = env.USER || env.LOGNAME || 'somebody';
  return env.HOSTNAME ? `${user}@${env.HOSTNAME}` : user;
}
