import { coreError } from '../model/core-error.js';
import type { SindriError } from '../model/errors.js';

/**
 * What `dial` rejects with when the environment was reached and nothing listens on the port: `PORT_NOT_LISTENING`. A caller that forwards
 * ports tells it by this code from a way that is broken, and goes on: the server inside may start later. `host` is as the environment sees
 * it.
 */
export function portNotListening(port: number, { host, cause }: { host?: string; cause?: unknown } = {}): SindriError {
  const place = host === undefined ? `port ${port}` : `${host}:${port}`;
  return coreError({
    code: 'PORT_NOT_LISTENING',
    kind: 'refused',
    message: `Nothing listens on ${place} in the environment.`,
    hint: 'Start what should listen there, or name another port.',
    details: { port },
    cause,
  });
}
