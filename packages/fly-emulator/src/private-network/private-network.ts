import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { unprocessable } from '../api-error.js';
import type { EmulatorClock } from '../clock.js';
import type { Ids } from '../ids.js';
import type { Lifecycle } from '../lifecycle/lifecycle.js';
import { networkPrefix } from '../platform/network.js';
import { NEAREST_REGION } from '../platform/regions.js';
import type { PrivateNetwork } from '../platform/private-network.js';
import type { MachineRecord, WireGuardPeerRecord } from '../records.js';
import type { MachineInstance } from '../runtime/machine-runtime.js';
import type { Store } from '../store.js';
import type { CertificateAuthority } from '../tls/certificate-authority.js';
import { openGateway, type Gateway } from './gateway.js';
import { createMachineAddresses, type MachineAddresses } from './machine-addresses.js';
import { serveDns } from './dns/server.js';
import { answerOf } from './dns/zone.js';
import { createNetworkStack, type NetworkStack } from './network-stack.js';
import { gatewayAddress, isInBlock } from './peer-address.js';
import type { SshAuthority } from './ssh/authority.js';
import { issueCertificate } from './ssh/issue-certificate.js';
import { createWireGuardPeers } from './wireguard-peers.js';

export interface PrivateNetworkDeps {
  store: Store;
  clock: EmulatorClock;
  ids: Ids;
  lifecycle: Pick<Lifecycle, 'instance'>;
  connectApi(): Promise<Duplex>;
  /** Of the SSH certificates of an organisation. */
  authorityOf(org: string): SshAuthority;
  /** Of the gateway's own certificate. */
  authority: () => CertificateAuthority;
  place: { address: string; udpPort: number; webSocketPort: number };
}

/** Fly's own SSH server. An image that listens there, too, is not reached through the private network. */
const CONSOLE_PORT = 22;

/** Everything that listens once there is a peer. */
interface OpenNetwork {
  gateway: Gateway;
  stacks: Map<string, NetworkStack>;
  addresses: MachineAddresses;
}

/** The private networks of all organisations, behind one gateway. Nothing is loaded and nothing listens before the first peer. */
export function createPrivateNetwork(deps: PrivateNetworkDeps): PrivateNetwork {
  const { store, lifecycle, place } = deps;
  const peers = createWireGuardPeers(store, deps.clock, deps.ids);
  let open: Promise<OpenNetwork> | null = null;
  let opened: OpenNetwork | null = null;

  const opening = async (): Promise<OpenNetwork> => {
    const stacks = new Map<string, NetworkStack>();
    const addresses = createMachineAddresses(store);
    const stackOf = (peer: WireGuardPeerRecord): NetworkStack => {
      const prefix = networkPrefix(store, peer);
      const known = stacks.get(prefix);
      if (known) return known;
      const isHere = ({ app: name }: MachineRecord): boolean => {
        const app = store.app(name);
        return app?.org === peer.org && app.network === peer.network;
      };
      const instanceAt = (address: string): MachineInstance | null => {
        const machine = addresses.machine(address);
        return machine && isHere(machine) ? lifecycle.instance(machine) : null;
      };
      const stack = createNetworkStack(prefix, {
        isUp: (address) => instanceAt(address) !== null,
        async connect(address, port) {
          const instance = instanceAt(address);
          if (!instance) throw new Error('the machine is not up');
          return port === CONSOLE_PORT ? instance.connectConsole() : instance.connect(port);
        },
        connectApi: () => deps.connectApi(),
        send: (packet, length) => gateway.send(packet, length),
      });
      const gatewayIp = gatewayAddress(prefix);
      serveDns(stack.network, gatewayIp, (question, from) =>
        answerOf(
          {
            apps: () => store.apps().filter(({ org, network }) => org === peer.org && network === peer.network),
            machines: (app) => store.machines(app).filter(({ state }) => state !== 'destroyed'),
            peers: () => peers.all().filter(({ org, network }) => org === peer.org && network === peer.network),
            gateway: gatewayIp,
            region: peers.all().find(({ ip }) => isInBlock(ip, from))?.region ?? NEAREST_REGION,
            sshAuthority: () => deps.authorityOf(peer.org).publicLine,
          },
          question,
        ),
      );
      stacks.set(prefix, stack);
      return stack;
    };
    const gateway = await openGateway({
      ...place,
      privateKey: createHash('sha256').update(`${store.state.hostKeySeed} WireGuard gateway`).digest('base64'),
      certificate: () => deps.authority().serverCertificate([place.address]),
      onPacket: (packet, from) => stackOf(from).input(packet),
    }).catch((error: NodeJS.ErrnoException) => {
      addresses.close();
      throw unprocessable(
        `the WireGuard gateway of this local emulator cannot listen on ${place.address}:${place.udpPort} (${error.code})`,
      );
    });
    for (const peer of peers.all()) gateway.addPeer(peer);
    return (opened = { gateway, stacks, addresses });
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
      const { gateway } = await listen();
      const peer = peers.add(org, request);
      gateway.addPeer(peer);
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
      if (!last) return;
      for (const stack of last.stacks.values()) stack.close();
      last.addresses.close();
      await last.gateway.close();
    },
  };
}
