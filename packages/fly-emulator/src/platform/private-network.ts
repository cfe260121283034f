import { notFound, unprocessable } from '../api-error.js';
import type { OrgRecord } from '../records.js';

/** A computer that is part of an organisation's private network. */
export interface WireGuardPeer {
  id: string;
  name: string;
  /** Base64. */
  publicKey: string;
  /** Where its gateway stands. */
  region: string;
  /** `fdaa:…` */
  ip: string;
  /** `default` or the name of another network of the organisation. */
  network: string;
}

export interface NewWireGuardPeer {
  name: string;
  /** Base64. */
  publicKey: string;
  region: string | null;
  network: string | null;
}

/** A peer as its maker is told of it. */
export interface MadeWireGuardPeer {
  peer: WireGuardPeer;
  /** Host of the gateway's end, and its public key. */
  endpoint: { host: string; publicKey: string };
}

export interface SshCertificateRequest {
  /** Apps whose machines it opens; `null` = all of the organisation. */
  apps: string[] | null;
  principals: string[];
  /** In the form of an `authorized_keys` line. */
  publicKey: string;
  validHours: number;
}

/** The way into machines past the edge: tunnels into their network, and the SSH certificates of Fly's own server. */
export interface PrivateNetwork {
  peers(org: OrgRecord): WireGuardPeer[];
  /** Throws when it cannot be made. */
  addPeer(org: OrgRecord, request: NewWireGuardPeer): MadeWireGuardPeer;
  /** Throws 404 when there is none of this name. */
  removePeer(org: OrgRecord, name: string): void;
  /** Whether this address belongs to a peer of any organisation. */
  isPeer(ip: string): boolean;
  /** Resolves with the certificate in the form of an `authorized_keys` line. */
  issueCertificate(org: OrgRecord, request: SshCertificateRequest): Promise<string>;
}

const REASON = 'this local emulator has no WireGuard gateway; machines are reached on the addresses of their app';

/** What there is without a gateway: no peer, no certificate, and a reason for whoever wants one. */
export const NO_PRIVATE_NETWORK: PrivateNetwork = {
  peers: () => [],
  addPeer: () => {
    throw unprocessable(REASON);
  },
  removePeer(_org, name) {
    throw notFound(`Could not find WireGuard peer "${name}"`);
  },
  isPeer: () => false,
  issueCertificate: () => Promise.reject(unprocessable(`no certificate: ${REASON}`)),
};
