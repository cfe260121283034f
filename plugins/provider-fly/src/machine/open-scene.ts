import { createRedactor, type EnvironmentSpec, type OperationContext } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import { desiredNames } from '../mapping/index.js';
import { describeUser, type Scene } from './scene.js';

const LOCK_TIMEOUT_MS = 60_000;

/** A scene for work outside of `apply`. `verb` is what others are told that we do: `start`. */
export function openScene(api: FlyApi, spec: EnvironmentSpec, context: OperationContext, verb: string): Scene {
  return {
    api,
    context,
    app: desiredNames(spec).app,
    progress: () => undefined,
    redactor: createRedactor(),
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    who: `sindri ${verb} by ${describeUser(context.env)}`,
  };
}
