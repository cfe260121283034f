import { createSocket, type Socket } from 'node:dgram';
import type { PathFaults } from './faulty-path.js';

export interface UdpRelay {
  readonly port: number;
  faults: PathFaults;
  isCut: boolean;
  close(): void;
}

/** A UDP relay for one client, on 127.0.0.1, that loses, delays, duplicates and reorders datagrams both ways. */
export async function startUdpRelay(
  target: { address: string; port: number },
  random: () => number,
  faults: PathFaults,
): Promise<UdpRelay> {
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  let client: { address: string; port: number } | undefined;
  let isClosed = false;
  const relay = { port: 0, faults, isCut: false, close };
  const carry = (send: () => void): void => {
    const { loss = 0, duplication = 0, delayMs = 0, reordering = 0, reorderMs = 10 } = relay.faults;
    if (relay.isCut || random() < loss) return;
    for (let copies = random() < duplication ? 2 : 1; copies > 0; copies -= 1) {
      const delay = delayMs + (random() < reordering ? reorderMs : 0);
      if (delay === 0) send();
      else setTimeout(() => !isClosed && send(), delay);
    }
  };
  front.on('message', (datagram, from) => {
    client = from;
    carry(() => back.send(datagram, target.port, target.address));
  });
  back.on('message', (datagram) => {
    carry(() => client !== undefined && front.send(datagram, client.port, client.address));
  });
  await Promise.all([bind(front), bind(back)]);
  relay.port = front.address().port;
  return relay;

  function close(): void {
    isClosed = true;
    front.close();
    back.close();
  }
}

function bind(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.bind(0, '0.0.0.0', resolve));
}
