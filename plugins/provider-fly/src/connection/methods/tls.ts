import { hasAddress, tlsAddresses } from '../ssh-destination.js';
import type { FlyConnectionMethod } from './method.js';

/** SSH inside TLS at a port where Fly's edge ends TLS: goes over the free shared IPv4, through whatever lets HTTPS through. */
export const tls: FlyConnectionMethod = {
  name: 'tls',
  title: 'SSH inside TLS, over the free shared IPv4 too',
  needs: 'providers.fly.sshTlsPort',
  automaticAfterMs: 500,
  throughEdge: true,

  unavailable(destination) {
    if (destination.tlsPort === null) {
      return {
        code: 'FLY_NO_TLS_PORT',
        kind: 'usage',
        reason: 'The machine has no port for SSH inside TLS',
        remedy:
          'it comes with the next deploy that changes the machine; to have it now, set `providers.fly.sshTlsPort: 443` and deploy again, ' +
          'which restarts the machine',
      };
    }
    if (hasAddress(destination)) return null;
    return {
      code: 'FLY_NO_SSH_ADDRESS',
      kind: 'refused',
      reason: 'The app has no public address',
      remedy: 'run `sindri deploy`, which allocates a shared IPv4 address',
    };
  },

  open: (destination, streams) => streams.openTls(tlsAddresses(destination)),
  clientAddresses: () => [],
};
