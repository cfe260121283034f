import type { EnvironmentSpec, OperationContext, Session, SessionRequest } from '@sindri/core';
import { requireAgent } from '@sindri/ssh';
import type { OpenApi } from '../api/client.js';
import { openConnection } from './open-connection.js';

/** A process in the environment over an SSH connection of its own, which ends with the process. */
export function createSession(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: SessionRequest, context: OperationContext) => Promise<Session> {
  return async (spec, request, context) => {
    if (request.forwardAgent !== undefined) await requireAgent(request.forwardAgent, context);
    const connection = await openConnection(openApi, spec, request, context);
    try {
      const session = await connection.session(request);
      session.exited.then(
        () => connection.close(),
        () => connection.close(),
      );
      return {
        stdin: session.stdin,
        stdout: session.stdout,
        stderr: session.stderr,
        exited: session.exited,
        resize: (size) => session.resize(size),
        signal: (name) => session.signal(name),
        close() {
          session.close();
          connection.close();
        },
      };
    } catch (error) {
      connection.close();
      throw error;
    }
  };
}
