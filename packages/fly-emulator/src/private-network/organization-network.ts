import type { Duplex } from 'node:stream';
import type { Lifecycle } from '../lifecycle/lifecycle.js';
import { networkPrefix } from '../platform/network.js';
import { NEAREST_REGION } from '../platform/regions.js';
import type { MachineRecord, WireGuardPeerRecord } from '../records.js';
import type { MachineInstance } from '../runtime/machine-runtime.js';
import type { Store } from '../store.js';
import { serveDns } from './dns/server.js';
import { answerOf } from './dns/zone.js';
import type { MachineAddresses } from './machine-addresses.js';
import { createNetworkStack, type NetworkStack } from './network-stack.js';
import { gatewayAddress, isInBlock } from './peer-address.js';
import type { SshAuthority } from './ssh/authority.js';

export interface OrganizationNetworkDeps {
  store: Store;
  lifecycle: Pick<Lifecycle, 'instance'>;
  addresses: MachineAddresses;
  /** All peers that there are. */
  peers(): WireGuardPeerRecord[];
  authorityOf(org: string): SshAuthority;
  connectApi(): Promise<Duplex>;
  /** Sends the first `length` bytes of a packet to the peer that it is addressed to. */
  send(packet: Buffer, length: number): boolean;
}

/** Fly's own SSH server. An image that listens there, too, is not reached through the private network. */
const CONSOLE_PORT = 22;

/** One network of an organisation: its machines, and what its name server knows. */
export function createOrganizationNetwork(
  deps: OrganizationNetworkDeps,
  { org, network }: Pick<WireGuardPeerRecord, 'org' | 'network'>,
): NetworkStack {
  const { store, lifecycle, addresses } = deps;
  const isOfHere = (other: { org: string; network: string }): boolean => other.org === org && other.network === network;
  const isHere = ({ app: name }: MachineRecord): boolean => {
    const app = store.app(name);
    return app !== undefined && isOfHere(app);
  };
  const instanceAt = (address: string): MachineInstance | null => {
    const machine = addresses.machine(address);
    return machine && isHere(machine) ? lifecycle.instance(machine) : null;
  };

  const prefix = networkPrefix(store, { org, network });
  const stack = createNetworkStack(prefix, {
    isUp: (address) => instanceAt(address) !== null,
    async connect(address, port) {
      const instance = instanceAt(address);
      if (!instance) throw new Error('the machine is not up');
      return port === CONSOLE_PORT ? instance.connectConsole() : instance.connect(port);
    },
    connectApi: () => deps.connectApi(),
    send: (packet, length) => deps.send(packet, length),
  });
  const gateway = gatewayAddress(prefix);
  const peers = (): WireGuardPeerRecord[] => deps.peers().filter(isOfHere);
  serveDns(stack.network, gateway, (question, from) =>
    answerOf(
      {
        apps: () => store.apps().filter(isOfHere),
        machines: (app) => store.machines(app).filter(({ state }) => state !== 'destroyed'),
        peers,
        gateway,
        region: peers().find(({ ip }) => isInBlock(ip, from))?.region ?? NEAREST_REGION,
        sshAuthority: () => deps.authorityOf(org).publicLine,
      },
      question,
    ),
  );
  return stack;
}
