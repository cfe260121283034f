import { utils } from 'ssh2';

/** An SSH server's identity: OpenSSH private key text and the matching `.pub` line. */
export interface HostKey {
  privatePem: string;
  publicLine: string;
}

/** Makes a fresh ed25519 host key. */
export function generateHostKey(comment: string): HostKey {
  const pair = utils.generateKeyPairSync('ed25519', { comment });
  return { privatePem: pair.private, publicLine: pair.public };
}
