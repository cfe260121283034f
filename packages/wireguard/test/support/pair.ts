import { Device, type PeerOptions } from '../../src/device/device.js';
import type { Peer } from '../../src/device/peer.js';
import { Network } from '../../src/network/network.js';
import { generateKeyPair } from '../../src/noise/keys.js';
import { FaultyPath, type PathFaults } from './faulty-path.js';
import { seededBytes, seededNumbers } from './random.js';
import { VirtualClock } from './virtual-clock.js';

export const LEFT = 'fdaa:0:1::2';
export const RIGHT = 'fdaa:0:2::3';

export interface Side {
  device: Device;
  network: Network;
  peer: Peer;
}

/** Two devices of ours with a path between them, in virtual time. The right side answers for every address. */
export interface Pair {
  clock: VirtualClock;
  path: FaultyPath;
  left: Side;
  right: Side;
  close(): void;
}

export interface PairOptions {
  faults?: PathFaults;
  seed?: number;
  mtu?: number;
  left?: Partial<PeerOptions>;
  right?: Partial<PeerOptions>;
}

export function createPair(options: PairOptions = {}): Pair {
  const clock = new VirtualClock();
  const seed = options.seed ?? 1;
  const path = new FaultyPath(clock, seededNumbers(seed), options.faults);
  const random = seededBytes(seed + 1);
  const keys = { left: generateKeyPair(random), right: generateKeyPair(random) };
  const mtu = options.mtu ?? 1_420;

  const create = (which: 'left' | 'right', address: string, everyAddress: boolean, allowed: string): Side => {
    const other = which === 'left' ? 'right' : 'left';
    const network = new Network({
      address,
      everyAddress,
      mtu,
      clock,
      random,
      send: (packet, length) => device.send(packet, length),
    });
    const device = new Device({
      privateKey: keys[which].privateKey,
      mtu,
      clock,
      random,
      onPacket: (packet) => network.input(packet),
    });
    const peer = device.addPeer({
      publicKey: keys[other].publicKey,
      allowedIps: [allowed],
      endpoints: which === 'left' ? [path.right] : [],
      onPathAlive: () => network.pathAlive(),
      ...options[which],
    });
    return { device, network, peer };
  };
  const left = create('left', LEFT, false, '::/0');
  const right = create('right', RIGHT, true, 'fdaa:0:1::/48');
  path.receiveLeft = (datagram, from) => left.device.receive(datagram, from);
  path.receiveRight = (datagram, from) => right.device.receive(datagram, from);
  return {
    clock,
    path,
    left,
    right,
    close() {
      for (const side of [left, right]) {
        side.network.close();
        side.device.close();
      }
    },
  };
}
