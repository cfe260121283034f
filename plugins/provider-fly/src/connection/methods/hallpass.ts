import type { FlyConnectionMethod } from './method.js';

/** Where Fly's own SSH server listens on every machine, on its private address only. */
const HALLPASS_PORT = 22;

/**
 * The SSH server that Fly runs in every machine, by a certificate of an hour: it needs no sshd in the image and no key there. A shell of
 * root's. That nobody stands in between is WireGuard's doing: the gateway's key came through the API.
 */
export const hallpass: FlyConnectionMethod = {
  name: 'hallpass',
  title: "Fly's own SSH server, as root, with a certificate",
  needs: 'UDP or HTTPS to Fly',
  automaticAfterMs: null,
  throughEdge: false,
  login: 'certificate',
  unavailable: () => null,
  open: (_destination, streams) => streams.openInside(HALLPASS_PORT),
  clientAddresses: () => [],
};
