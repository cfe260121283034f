import type { Environment, Session, SessionRequest } from '@sindri/core';
import { core, ssh } from '../lazy.js';
import type { Shell } from '../shell.js';
import { openSshConnection } from './ssh-connection.js';

/** The socket of the SSH agent of this computer. Rejects with `SSH_AGENT_UNAVAILABLE`: nothing is connected then. */
export function agentToForward({ env, signal }: Shell): Promise<string> {
  const { SSH_AUTH_SOCK: socket } = env;
  return ssh().requireAgent(socket, { signal, clock: core().systemClock });
}

/**
 * A session of the provider. An agent that the provider cannot forward goes over SSH where the environment can be reached by it; an
 * instance cannot be chosen there. Elsewhere core says that there is no way.
 */
export async function openSession(
  environment: Environment,
  shell: Shell,
  request: SessionRequest,
  { local = false }: { local?: boolean },
): Promise<Session> {
  const { forwardAgent, instance } = request;
  const { capabilities, forwardsAgent } = environment.provider;
  const isOverSsh = forwardsAgent !== true && capabilities.includes('sshTarget') && instance === undefined;
  if (forwardAgent === undefined || !isOverSsh) return environment.session(request);
  const connection = await openSshConnection(environment, shell, { local, forwardAgent });
  try {
    const session = await connection.session(request);
    const close = (): void => connection.close();
    session.exited.then(close, close);
    return session;
  } catch (error) {
    connection.close();
    throw error;
  }
}
