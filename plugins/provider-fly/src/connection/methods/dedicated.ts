import { hasIpv4, sshAddresses } from '../ssh-destination.js';
import type { FlyConnectionMethod } from './method.js';

/** SSH over TCP to the rented IPv4 alone. `auto` tries that address as part of `direct`. */
export const dedicated: FlyConnectionMethod = {
  name: 'dedicated',
  title: 'SSH to the dedicated IPv4',
  needs: 'providers.fly.dedicatedIpv4: true',
  automaticAfterMs: null,
  throughEdge: true,

  unavailable(destination) {
    if (hasIpv4(destination)) return null;
    return {
      code: 'FLY_NO_DEDICATED_IPV4',
      kind: 'usage',
      reason: 'The app has no dedicated IPv4 address',
      remedy:
        'set `providers.fly.dedicatedIpv4: true` and deploy again (`sindri plan` shows what that costs), or use the method auto',
    };
  },

  open: (destination, streams) => streams.openAddresses(sshAddresses(destination, 'v4')),
  clientAddresses: (destination) => sshAddresses(destination, 'v4'),
};
