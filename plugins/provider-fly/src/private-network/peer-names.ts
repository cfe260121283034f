import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { AppNetwork } from '../api/private-network.js';

/** Names that begin with `interactive-` are left out of the network's own DNS. */
const PREFIX = 'interactive-sindri-';

/** A name for a new peer of this computer. */
export function newPeerName(): string {
  return `${PREFIX}${computerName()}-${randomBytes(6).toString('hex')}`;
}

/** Whether a peer of this name was made by Sindri on a computer that is called like this one. */
export function isOwnName(name: string): boolean {
  const own = `${PREFIX}${computerName()}-`;
  return name.startsWith(own) && /^[0-9a-f]{12}$/.test(name.slice(own.length));
}

/** The name of this computer as the name of a peer may have it. */
function computerName(): string {
  const [first = ''] = hostname().split('.');
  return first.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 40) || 'computer';
}

/** Where the state directory has the peers of one network of one Fly. */
export function peerFolder({ organization, network }: AppNetwork, host: string): string {
  return `${peerFolders(organization, host)}${part(network ?? '')}`;
}

/** Where the state directory has whose network an app was in, at one Fly. */
export function networkFile(app: string, host: string): string {
  return `fly/networks/${part(host)}+${part(app)}.json`;
}

/** How the folders of all networks of an organization begin. */
export function peerFolders({ slug }: AppNetwork['organization'], host: string): string {
  return `fly/wireguard/${part(host)}+${part(slug)}+`;
}

function part(text: string): string {
  return Buffer.from(text).toString('base64url');
}
