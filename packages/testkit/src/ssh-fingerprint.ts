import { createHash } from 'node:crypto';

/** The fingerprint of a public key `type base64`, as `ssh-keygen -l` prints it: `SHA256:…`. */
export function sshFingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
