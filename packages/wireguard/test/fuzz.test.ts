import { Device } from '../src/device/device.js';
import { Network } from '../src/network/network.js';
import { generateKeyPair } from '../src/noise/keys.js';
import { connection } from './support/connections.js';
import { createPair, RIGHT } from './support/pair.js';
import { seededBytes, seededNumbers } from './support/random.js';
import { VirtualClock } from './support/virtual-clock.js';
import { receive } from './support/transfer.js';
import { foldChecksum, sumBytes, sumOfNumber, writeChecksum } from '../src/ip/checksum.js';

/** Set to more for a longer run. */
const wanted = process.env['SINDRI_FUZZ_ROUNDS'];
const DATAGRAMS = Number(wanted ?? 100_000);
const PACKETS = Number(wanted ?? 25_000);
const TIMEOUT_MS = 3_600_000;

/** Changes up to four bytes, or cuts the end off. */
function damage(packet: Buffer, next: () => number): Buffer {
  const damaged = Buffer.from(packet);
  for (let flips = Math.floor(next() * 4); flips >= 0; flips -= 1) {
    damaged[Math.floor(next() * damaged.length)] = Math.floor(next() * 256);
  }
  return next() < 0.1 ? damaged.subarray(0, Math.floor(next() * damaged.length)) : damaged;
}

/** Makes the checksum right, so that what is wrong is looked at. */
function repairChecksum(packet: Buffer): Buffer {
  const offset = { 6: 16, 17: 6, 58: 2 }[packet[6] as number];
  if (packet.length < 62 || offset === undefined) return packet;
  packet.writeUInt16BE(packet.length - 40, 4);
  packet.writeUInt16BE(0, 40 + offset);
  const sum = sumBytes(packet, 8, packet.length) + sumOfNumber(packet[6] as number) + sumOfNumber(packet.length - 40);
  writeChecksum(packet, 40 + offset, foldChecksum(sum));
  return packet;
}

test(
  'no datagram makes a device throw or remember something',
  () => {
    const next = seededNumbers(4);
    const random = seededBytes(5);
    const device = new Device({
      privateKey: generateKeyPair(random).privateKey,
      onPacket: () => undefined,
      clock: new VirtualClock(),
      random,
    });
    const peer = device.addPeer({ publicKey: generateKeyPair(random).publicKey, allowedIps: ['::/0'] });
    const sent: unknown[] = [];
    const stranger = { name: '192.0.2.1:1', isCongested: false, send: (parts: unknown) => sent.push(parts) };
    const lengths = [0, 1, 4, 31, 32, 64, 92, 148, 149, 1_452];
    const pool = random(4_096);
    for (let round = 0; round < DATAGRAMS; round += 1) {
      const length = lengths[Math.floor(next() * lengths.length)] as number;
      const start = Math.floor(next() * (pool.length - length));
      const datagram = Buffer.from(pool.subarray(start, start + length));
      if (next() < 0.9 && length >= 4) datagram.writeUInt32LE(1 + Math.floor(next() * 4), 0);
      device.receive(datagram, stranger);
    }
    expect(device.dropped).toBe(DATAGRAMS);
    expect(sent).toEqual([]);
    expect(peer.endpoint).toBeUndefined();
    device.close();
  },
  TIMEOUT_MS,
);

test(
  'no packet makes a network throw, leak or answer without end',
  async () => {
    const pair = createPair();
    const samples: Buffer[] = [];
    const input = pair.right.network.input.bind(pair.right.network);
    const tap = jest.spyOn(pair.right.network, 'input').mockImplementation((packet) => {
      samples.push(Buffer.from(packet));
      input(packet);
    });
    pair.right.network.bindUdp({ port: 53 });
    const { client, server } = await connection(pair);
    receive(client);
    receive(server);
    client.end(Buffer.alloc(5_000));
    pair.left.network.bindUdp().send(Buffer.from('question'), 53, RIGHT);
    void pair.left.network.ping(RIGHT);
    await pair.clock.advance(5_000);
    tap.mockRestore();
    pair.close();

    const clock = new VirtualClock();
    let answers = 0;
    const network = new Network({
      address: RIGHT,
      everyAddress: true,
      mtu: 1_420,
      clock,
      random: seededBytes(6),
      send: () => (answers += 1) > 0,
    });
    network.bindUdp({ port: 53 });
    network.listen({ port: 7 }, (incoming) => {
      const stream = incoming.accept();
      stream.on('error', () => undefined);
      stream.on('data', () => undefined);
      stream.on('end', () => stream.end());
    });
    const next = seededNumbers(8);
    for (let round = 0; round < PACKETS; round += 1) {
      const sample = samples[Math.floor(next() * samples.length)] as Buffer;
      const packet = damage(sample, next);
      network.input(next() < 0.8 && packet.length > 6 ? repairChecksum(packet) : packet);
      if (round % 1_000 === 0) await clock.advance(2_000);
    }
    await clock.advance(200_000);
    expect(network.tcp.size).toBe(0);
    expect(clock.pending).toBe(0);
    expect(answers).toBeLessThan(PACKETS * 8);
  },
  TIMEOUT_MS,
);
