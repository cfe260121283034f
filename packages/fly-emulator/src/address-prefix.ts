import { createServer, type Server } from 'node:net';
import type { Random } from './random.js';

/** Where an emulator shows that it holds a prefix: no service of an app ever listens on this address. */
const GUARD_BYTE = 254;
const GUARD_PORT = 10999;
const TRIES = 50;

/** The loopback addresses `127.A.B.0/24` that one emulator has for itself, for as long as it runs. */
export interface AddressPrefix {
  readonly bytes: [number, number];
  release(): Promise<void>;
}

/**
 * Takes a prefix that no other emulator on this computer holds.
 * @param wanted the one recorded in a state directory; refused with an error when another emulator is using it
 */
export async function claimAddressPrefix(random: Random, wanted?: [number, number]): Promise<AddressPrefix> {
  if (wanted) {
    const guard = await tryGuard(wanted);
    if (guard === 'taken') throw new Error('another emulator is already running on this state directory');
    return prefix(wanted, guard);
  }
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // 127.0.x.x and the ends are left to others.
    const bytes: [number, number] = [1 + Math.floor(random() * 254), Math.floor(random() * 256)];
    const guard = await tryGuard(bytes);
    if (guard !== 'taken') return prefix(bytes, guard);
  }
  throw new Error('no free loopback address prefix was found');
}

function prefix(bytes: [number, number], guard: Server | null): AddressPrefix {
  return {
    bytes,
    release: () => new Promise((resolve) => (guard ? guard.close(() => resolve()) : resolve())),
  };
}

function tryGuard([second, third]: [number, number]): Promise<Server | 'taken' | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      // Systems whose loopback is 127.0.0.1 alone cannot hold a guard; there the edge cannot listen either.
      resolve(error.code === 'EADDRINUSE' ? 'taken' : null);
    });
    server.listen(GUARD_PORT, `127.${second}.${third}.${GUARD_BYTE}`, () => resolve(server));
  });
}
