import { SindriError, type ConnectionMethod } from '@sindri/core';
import type { SshAddress } from '@sindri/ssh';
import { sshAddresses } from '../machine/ssh-addresses.js';
import type { IpsData } from '../model.js';

/** The connection methods that people can choose from. */
export const connectionMethods: readonly ConnectionMethod[] = [
  { name: 'direct', title: 'SSH to the address of the app', needs: 'an IPv6 route, or a dedicated IPv4' },
  { name: 'dedicated', title: 'SSH to the dedicated IPv4', needs: 'providers.fly.dedicatedIpv4: true' },
];

/**
 * The addresses of a way in, best first. `auto` and `direct` use every address that carries raw TCP, `dedicated` only the
 * rented IPv4. Throws `FLY_NO_DEDICATED_IPV4`, `FLY_NO_SSH_ADDRESS`.
 */
export function addressesFor(method: string | undefined, ips: IpsData['items'], port: number): SshAddress[] {
  if (method === 'dedicated') {
    const dedicated = ips.filter(({ type }) => type === 'v4');
    if (dedicated.length > 0) return sshAddresses(dedicated, port);
    throw new SindriError({
      code: 'FLY_NO_DEDICATED_IPV4',
      kind: 'usage',
      message: 'The app has no dedicated IPv4 address.',
      hint: 'Set `providers.fly.dedicatedIpv4: true` (about $2 a month) and deploy again, or use the method auto.',
    });
  }
  const addresses = sshAddresses(ips, port);
  if (addresses.length > 0) return addresses;
  throw new SindriError({
    code: 'FLY_NO_SSH_ADDRESS',
    kind: 'refused',
    message: 'The app has no address that carries SSH.',
    hint: 'Run `sindri deploy`: it allocates an IPv6 address, which is free.',
  });
}
