import type { SshAddress } from '@sindri/ssh';
import { hasServices, sshAddresses } from '../machine/ssh-addresses.js';
import { resourceIds, type IpsData, type IpType } from '../model.js';
import { observed, resultsOf, type ApplyRoom } from './room.js';

/** Where this environment's SSH answers after this run; `null` when the machine offers none. */
export function runAddresses(room: ApplyRoom, config: Record<string, unknown> | null | undefined): SshAddress[] | null {
  if (!hasServices(config)) return null;
  const seen = observed<IpsData>(room, resourceIds.ips)?.items ?? [];
  const released = resultsOf(room, 'ip.delete').map(({ ip }) => ip);
  const made = resultsOf(room, 'ip.create').map(({ ip, type }) => ({
    ip: String(ip),
    type: type as IpType,
    region: 'global',
  }));
  const items = [...seen, ...made].filter(({ ip }) => !released.includes(ip));
  return sshAddresses(items, room.names.sshPort);
}
