import { createServer, type Server } from 'node:net';
import type { Random } from './random.js';

/** Where an emulator shows that it holds a prefix: no service of an app ever listens on this address. */
const GUARD_BYTE = 254;
const GUARD_PORT = 10999;
/** Where tunnels end. */
const GATEWAY_BYTE = 253;
const TRIES = 50;

/** The loopback addresses `127.A.B.0/24` that one emulator has for itself, for as long as it runs. */
export interface AddressPrefix {
  readonly bytes: [number, number];
  release(): Promise<void>;
}

/** What came of holding the guard of a prefix. */
export type GuardResult = Server | 'taken' | 'no such address' | null;

/**
 * What is left where the loopback interface has 127.0.0.1 alone, as on macOS: its first address is that one, so one
 * environment at a time can be reached, and further ones once their addresses are added to the interface.
 */
const NARROW_PREFIX: [number, number] = [0, 0];

/** The address of an emulator's WireGuard gateway. Its ports are fixed, so each emulator needs an address of its own for it. */
export function gatewayHost([second, third]: [number, number]): string {
  const isNarrow = second === NARROW_PREFIX[0] && third === NARROW_PREFIX[1];
  return isNarrow ? '127.0.0.1' : `127.${second}.${third}.${GATEWAY_BYTE}`;
}

/**
 * Takes a prefix that no other emulator on this computer holds.
 * @param wanted the one recorded in a state directory; refused with an error when another emulator is using it
 */
export async function claimAddressPrefix(
  random: Random,
  wanted?: [number, number],
  tryGuard: (bytes: [number, number]) => Promise<GuardResult> = listenOnGuard,
): Promise<AddressPrefix> {
  if (wanted) {
    const guard = await tryGuard(wanted);
    if (guard === 'taken') throw new Error('another emulator is already running on this state directory');
    return prefix(wanted, guard);
  }
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // 127.0.x.x and the ends are left to others.
    const bytes: [number, number] = [1 + Math.floor(random() * 254), Math.floor(random() * 256)];
    const guard = await tryGuard(bytes);
    if (guard === 'no such address') return prefix(NARROW_PREFIX, null);
    if (guard !== 'taken') return prefix(bytes, guard);
  }
  throw new Error('no free loopback address prefix was found');
}

function prefix(bytes: [number, number], guard: Exclude<GuardResult, 'taken'>): AddressPrefix {
  return {
    bytes,
    release: () =>
      new Promise((resolve) => {
        if (guard === null || guard === 'no such address') resolve();
        else guard.close(() => resolve());
      }),
  };
}

function listenOnGuard([second, third]: [number, number]): Promise<GuardResult> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE') resolve('taken');
      else resolve(code === 'EADDRNOTAVAIL' ? 'no such address' : null);
    });
    server.listen(GUARD_PORT, `127.${second}.${third}.${GUARD_BYTE}`, () => resolve(server));
  });
}
