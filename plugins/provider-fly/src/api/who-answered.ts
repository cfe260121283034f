import { isLoopback } from './loopback.js';

/** Not an emulator, nor a proxy in front of Fly. `_api.internal` is how Fly's API is called inside of its network. */
export function isFlyItself(origin: string): boolean {
  return /\.(?:machines\.dev|fly\.io)$|^_api\.internal$/.test(new URL(origin).hostname);
}

/** A local emulator, or whatever else listens here. */
export function isOnThisComputer(origin: string): boolean {
  return isLoopback(new URL(origin).hostname);
}
