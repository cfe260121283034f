import { hasIpv4, sshAddresses } from '../ssh-destination.js';
import type { FlyConnectionMethod } from './method.js';

/** SSH over TCP to every address of the app that carries it, whichever answers first. */
export const direct: FlyConnectionMethod = {
  name: 'direct',
  title: 'SSH to the address of the app',
  needs: 'an IPv6 route, or a dedicated IPv4',
  automaticAfterMs: 0,
  throughEdge: true,

  unavailable({ ips }) {
    if (ips.some(({ type }) => type === 'v4' || type === 'v6')) return null;
    return {
      code: 'FLY_NO_SSH_ADDRESS',
      kind: 'refused',
      reason: 'The app has no address that carries SSH',
      remedy: 'run `sindri deploy`, which allocates an IPv6 address',
    };
  },

  open(destination, streams) {
    // Where there is only IPv6, a network without it is the likeliest reason for no connection at all.
    const hint = hasIpv4(destination)
      ? undefined
      : 'The app has IPv6 only: from networks without it, set `providers.fly.dedicatedIpv4: true` and deploy again; ' +
        '`sindri plan` shows what that costs.';
    return streams.openAddresses(sshAddresses(destination), hint === undefined ? {} : { hint });
  },

  clientAddresses: (destination) => sshAddresses(destination),
};
