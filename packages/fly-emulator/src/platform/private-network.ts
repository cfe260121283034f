import type { OrgRecord, WireGuardPeerRecord } from '../records.js';

export interface NewWireGuardPeer {
  name: string;
  /** Base64. */
  publicKey: string;
  region: string | null;
  network: string | null;
}

/** A peer as its maker is told of it. */
export interface MadeWireGuardPeer {
  peer: WireGuardPeerRecord;
  /** Address of the gateway's end, and its public key. */
  endpoint: { host: string; publicKey: string };
}

/** Where the gateway listens. */
export interface GatewayPlace {
  /** A loopback address. */
  host: string;
  udpPort: number;
  /** `null` where the port cannot be had. */
  webSocketPort: number | null;
  /** Base64. */
  publicKey: string;
}

export interface SshCertificateRequest {
  /** Apps whose machines it opens; `null` = all of the organisation. */
  apps: string[] | null;
  /** Users it may log in as. */
  principals: string[];
  /** In the form of an `authorized_keys` line. */
  publicKey: string;
  validHours: number;
  /** For whom it is. */
  keyId: string;
}

/** The way into machines past the edge: tunnels into their network, and the SSH certificates of Fly's own server. */
export interface PrivateNetwork {
  peers(org: OrgRecord): WireGuardPeerRecord[];
  /** Rejects when it cannot be made. The gateway listens from the first one on. */
  addPeer(org: OrgRecord, request: NewWireGuardPeer): Promise<MadeWireGuardPeer>;
  /** Throws 404 when there is none of this name. */
  removePeer(org: OrgRecord, name: string): void;
  /** Whether this address belongs to a peer of any organisation. */
  isPeer(ip: string): boolean;
  /** The certificate in the form of an `authorized_keys` line. Throws 400 or 422 for what none is made for. */
  issueCertificate(org: OrgRecord, request: SshCertificateRequest): string;
  /** The key that certificates of an organisation are signed with, in the same form. */
  sshAuthority(org: OrgRecord): string;
  /** `null` while no peer has been made. */
  gateway(): GatewayPlace | null;
  /** Listens when there are peers from an earlier run. Never rejects: what went wrong is told to whoever makes a peer. */
  resume(): Promise<void>;
  close(): Promise<void>;
}
