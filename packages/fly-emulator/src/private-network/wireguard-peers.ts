import { createHash } from 'node:crypto';
import { notFound, unprocessable } from '../api-error.js';
import type { Ids } from '../ids.js';
import { networkPrefix } from '../platform/network.js';
import { NEAREST_REGION, REGIONS } from '../platform/regions.js';
import type { NewWireGuardPeer } from '../platform/private-network.js';
import type { OrgRecord, WireGuardPeerRecord } from '../records.js';
import type { EmulatorClock } from '../clock.js';
import type { Store } from '../store.js';
import { MOST_PEERS, peerAddress } from './peer-address.js';

/** The peers that are written down. */
export interface WireGuardPeers {
  all(): WireGuardPeerRecord[];
  ofOrg(org: OrgRecord): WireGuardPeerRecord[];
  /** Throws 422 for a name, key or region that cannot be. */
  add(org: OrgRecord, request: NewWireGuardPeer): WireGuardPeerRecord;
  /** Throws 404 when there is none of this name. */
  remove(org: OrgRecord, name: string): WireGuardPeerRecord;
}

/** As flyctl checks it before it asks. */
const NAME = /^[a-zA-Z0-9\\-]+$/;
const KEY = /^[A-Za-z0-9+/]{43}=$/;
const MOST_NAME_LENGTH = 255;

export function createWireGuardPeers(store: Store, clock: EmulatorClock, ids: Ids): WireGuardPeers {
  const all = (): WireGuardPeerRecord[] =>
    Object.values(store.state.wireGuardPeers).sort((a, b) => a.createdAt - b.createdAt);
  const ofOrg = ({ slug }: OrgRecord): WireGuardPeerRecord[] => all().filter(({ org }) => org === slug);

  return {
    all,
    ofOrg,
    add(org, { name, publicKey, region, network }) {
      // The texts of these refusals are not known (unsure).
      if (!NAME.test(name) || name.length > MOST_NAME_LENGTH) {
        throw unprocessable('Validation failed: Name must consist solely of letters, numbers, and the dash character');
      }
      if (ofOrg(org).some((peer) => peer.name === name)) {
        throw unprocessable('Validation failed: Name has already been taken');
      }
      if (!KEY.test(publicKey)) throw unprocessable('Validation failed: Pubkey must be 32 bytes in base64');
      // The last character has two bits that mean nothing.
      const key = Buffer.from(publicKey, 'base64').toString('base64');
      if (all().some((peer) => peer.publicKey === key)) {
        throw unprocessable('Validation failed: Pubkey has already been taken');
      }
      const place = region === null || region === '' ? NEAREST_REGION : region;
      if (!REGIONS.some(({ code }) => code === place)) throw unprocessable(`Could not find region "${place}"`);
      const peer: WireGuardPeerRecord = {
        id: ids.app(),
        name,
        org: org.slug,
        network: network === null || network === '' ? 'default' : network,
        publicKey: key,
        region: place,
        ip: '',
        createdAt: clock.now(),
      };
      peer.ip = freeAddress(networkPrefix(store, peer), key, new Set(all().map(({ ip }) => ip)));
      store.state.wireGuardPeers[peer.id] = peer;
      store.changed({ peer });
      return peer;
    },
    remove(org, name) {
      const peer = ofOrg(org).find((candidate) => candidate.name === name);
      if (!peer) throw notFound(`Could not find WireGuard peer "${name}"`);
      delete store.state.wireGuardPeers[peer.id];
      store.changed({ peer });
      return peer;
    },
  };
}

/**
 * An address that belongs to the key: that of a peer which was removed is not given to another a moment later, who would make it look
 * valid again.
 */
function freeAddress(prefix: string, key: string, taken: ReadonlySet<string>): string {
  const first = createHash('sha256').update(key).digest().readUInt16BE(0);
  for (let step = 0; step < MOST_PEERS; step++) {
    const address = peerAddress(prefix, (first + step) % MOST_PEERS);
    if (!taken.has(address)) return address;
  }
  throw unprocessable('this network has no address left for another peer');
}
