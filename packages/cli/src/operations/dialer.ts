import type { Duplex } from 'node:stream';
import type { Environment } from '@sindri/core';
import type { SshConnection } from '@sindri/ssh';
import type { Shell } from '../shell.js';
import { openSshConnection } from './ssh-connection.js';

/** Opens many byte streams into one environment. */
export interface Dialer {
  dial(port: number): Promise<Duplex>;
  close(): void;
}

/**
 * By `method` the provider dials each stream. Without: over one SSH connection where there is SSH: a browser opens six streams at once, and a login for each would take seconds. The connection
 * is made at the first stream, and anew when it has ended: the environment was asleep, or this computer. Elsewhere the provider dials.
 */
export function createDialer(
  environment: Environment,
  shell: Shell,
  { local, method, instance }: { local: boolean; method?: string; instance?: string | undefined },
): Dialer {
  if (method !== undefined || !environment.provider.capabilities.includes('sshTarget')) {
    const over = new AbortController();
    return {
      dial: (port) => environment.dial({ port, method, instance, until: over.signal }),
      close: () => over.abort(),
    };
  }
  let connection: Promise<SshConnection> | null = null;
  const connect = (): Promise<SshConnection> => {
    const opening = openSshConnection(environment, shell, { local, instance });
    const forget = (): void => {
      if (connection === opening) connection = null;
    };
    opening.then(({ closed }) => closed.then(forget), forget);
    return (connection = opening);
  };
  return {
    async dial(port) {
      return (await (connection ?? connect())).forward(port);
    },
    close() {
      connection?.then((open) => open.close()).catch(() => undefined);
    },
  };
}
