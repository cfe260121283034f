import type { EnvironmentSpec, OperationContext } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import { appName } from '../planner/index.js';
import { describeUser, type MachineWork } from './work.js';

const LOCK_TIMEOUT_MS = 60_000;

/**
 * Work outside of `apply`. `verb` is what others are told that we do: `start`. What is waited for is told to `progress`; absent =
 * nobody is told.
 */
export function openMachineWork(
  api: FlyApi,
  spec: EnvironmentSpec,
  context: OperationContext,
  verb: string,
  progress: (message: string) => void = () => undefined,
): MachineWork {
  return {
    api,
    context,
    app: appName(spec),
    progress,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    who: `sindri ${verb} by ${describeUser(context.env)}`,
  };
}
