import { createHash } from 'node:crypto';
import { encodeHostKey, type HostKey } from './host-key.js';

/**
 * The ed25519 host key that belongs to a name: always the same for the same seed and name, so that nothing needs to be
 * stored for it to survive stops, replacements and restarts of the emulator.
 */
export function deriveHostKey(seed: string, name: string): HostKey {
  return encodeHostKey(createHash('sha256').update(`${seed} host key ${name}`).digest(), 'root@machine');
}
