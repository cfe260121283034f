import { createHash, createPrivateKey } from 'node:crypto';
import { encodeHostKey, type HostKey } from '../ssh/host-key.js';

/** PKCS#8 header of a bare ed25519 seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The ed25519 host key that belongs to a name: always the same for the same seed and name, so that nothing needs to be
 * stored for it to survive stops, replacements and restarts of the emulator.
 */
export function deriveHostKey(seed: string, name: string): HostKey {
  const secret = createHash('sha256').update(`${seed} host key ${name}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  return encodeHostKey(key, 'root@machine');
}
