import { createHash } from 'node:crypto';
import { encodeHostKey, type HostKey } from '../../runtime/ssh/host-key.js';

/** The key that signs the SSH certificates of an organisation: the same in every run of one emulator. */
export function sshAuthority(seed: string, org: string): HostKey {
  return encodeHostKey(createHash('sha256').update(`${seed} SSH authority ${org}`).digest(), `${org} authority`);
}
