import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { unprocessable } from '../api-error.js';
import type { EmulatorClock } from '../clock.js';
import type { Ids } from '../ids.js';
import type { Lifecycle } from '../lifecycle/lifecycle.js';
import type { PrivateNetwork } from '../platform/private-network.js';
import type { WireGuardPeerRecord } from '../records.js';
import type { Store } from '../store.js';
import type { CertificateAuthority } from '../tls/certificate-authority.js';
import { openGateway, type Gateway } from './gateway.js';
import { createMachineAddresses } from './machine-addresses.js';
import type { NetworkStack } from './network-stack.js';
import { createOrganizationNetwork } from './organization-network.js';
import type { SshAuthority } from './ssh/authority.js';
import { issueCertificate } from './ssh/issue-certificate.js';
import { createWireGuardPeers } from './wireguard-peers.js';

export interface PrivateNetworkDeps {
  store: Store;
  clock: EmulatorClock;
  ids: Ids;
  lifecycle: Pick<Lifecycle, 'instance'>;
  /** A byte stream to the Machines API. */
  connectApi(): Promise<Duplex>;
  /** Of the SSH certificates of an organisation. */
  authorityOf(org: string): SshAuthority;
  /** Of the gateway's own certificate. */
  authority: () => CertificateAuthority;
  place: { address: string; udpPort: number; webSocketPort: number };
}

/** Everything that listens once there is a peer. */
interface OpenNetwork {
  gateway: Gateway;
  /** Lets a peer in. */
  admit(peer: WireGuardPeerRecord): void;
  close(): Promise<void>;
}

/** The private networks of all organisations, behind one gateway. Nothing is loaded and nothing listens before the first peer. */
export function createPrivateNetwork(deps: PrivateNetworkDeps): PrivateNetwork {
  const { store, place } = deps;
  const peers = createWireGuardPeers(store, deps.clock, deps.ids);
  let open: Promise<OpenNetwork> | null = null;
  let opened: OpenNetwork | null = null;

  const opening = async (): Promise<OpenNetwork> => {
    const gateway = await openGateway({
      ...place,
      privateKey: createHash('sha256').update(`${store.state.hostKeySeed} WireGuard gateway`).digest('base64'),
      certificate: () => deps.authority().serverCertificate([place.address]),
    }).catch(({ code }: NodeJS.ErrnoException) => {
      const where = `${place.address}:${place.udpPort}`;
      throw unprocessable(`the WireGuard gateway of this local emulator cannot listen on ${where} (${code})`);
    });
    const addresses = createMachineAddresses(store);
    const stacks = new Map<string, NetworkStack>();
    const stackOf = (peer: WireGuardPeerRecord): NetworkStack => {
      const key = JSON.stringify([peer.org, peer.network]);
      const send = (packet: Buffer, length: number): boolean => gateway.send(packet, length);
      const stack =
        stacks.get(key) ?? createOrganizationNetwork({ ...deps, addresses, peers: () => peers.all(), send }, peer);
      stacks.set(key, stack);
      return stack;
    };
    opened = {
      gateway,
      admit(peer) {
        let stack: NetworkStack | undefined;
        gateway.addPeer(peer, (packet) => (stack ??= stackOf(peer)).input(packet));
      },
      async close() {
        for (const stack of stacks.values()) stack.close();
        addresses.close();
        await gateway.close();
      },
    };
    peers.all().forEach(opened.admit);
    return opened;
  };
  /** A port that was taken may be free the next time. */
  const listen = (): Promise<OpenNetwork> =>
    (open ??= opening().catch((error: unknown) => {
      open = null;
      throw error;
    }));

  return {
    peers: (org) => peers.ofOrg(org),
    async addPeer(org, request) {
      const { gateway, admit } = await listen();
      const peer = peers.add(org, request);
      admit(peer);
      return { peer, endpoint: { host: place.address, publicKey: gateway.publicKey } };
    },
    removePeer(org, name) {
      const peer = peers.remove(org, name);
      opened?.gateway.removePeer(peer);
    },
    isPeer: (ip) => peers.all().some((peer) => peer.ip === ip),
    issueCertificate: ({ slug }, request) => issueCertificate(request, deps.authorityOf(slug), deps.clock.now()),
    sshAuthority: ({ slug }) => deps.authorityOf(slug).publicLine,
    gateway() {
      if (!opened) return null;
      const { udpPort, webSocketPort, publicKey } = opened.gateway;
      return { host: place.address, udpPort, webSocketPort, publicKey };
    },
    async resume() {
      if (peers.all().length > 0) await listen().catch(() => undefined);
    },
    async close() {
      const last = await open?.catch(() => null);
      await last?.close();
    },
  };
}
