import { generateKeyPair } from './key-files.js';
import { publicKeyBlob } from './public-keys.js';
import { sshError } from './ssh-error.js';

/** The private half of a key that exists in memory only, and what a certificate authority says of it. */
export interface SshCertificate {
  kind: 'certificate';
  /** The key itself: `ssh-ed25519 AAAA…`. */
  publicKey: string;
  /** In OpenSSH's file format, without a passphrase. Secret. */
  privateKey: string;
  /** The certificate as one line: `ssh-ed25519-cert-v01@openssh.com AAAA…`. */
  certificate: string;
}

const CERTIFICATE_TYPE = 'ssh-ed25519-cert-v01@openssh.com';

/**
 * A fresh ed25519 key and the certificate that `issue` gives for its public half. Neither is written anywhere. Rejects with
 * `SSH_CERTIFICATE_INVALID` when what comes is no certificate of that key.
 */
export async function obtainCertificate(issue: (publicKey: string) => Promise<string>): Promise<SshCertificate> {
  const { privateKey, publicKey } = generateKeyPair('sindri');
  const plain = publicKey.trim().split(' ').slice(0, 2).join(' ');
  const certificate = (await issue(plain)).trim().split(/\s+/).slice(0, 2).join(' ');
  if (!certifies(certificate, plain)) {
    throw sshError({
      code: 'SSH_CERTIFICATE_INVALID',
      kind: 'internal',
      message: 'What came as an SSH certificate is none for the key that it was asked for.',
      hint: 'Try again; if it stays, use another connection method.',
    });
  }
  return { kind: 'certificate', publicKey: plain, privateKey, certificate };
}

/** The certificate's own bytes, as they go to the server. */
export function certificateBlob({ certificate }: Pick<SshCertificate, 'certificate'>): Buffer {
  return Buffer.from(certificate.split(' ')[1] ?? '', 'base64');
}

/** Whether it is a certificate (PROTOCOL.certkeys: type, nonce, key, …) of this key. */
function certifies(certificate: string, publicKey: string): boolean {
  if (!certificate.startsWith(`${CERTIFICATE_TYPE} `)) return false;
  const [type, nonce, key] = leadingStrings(certificateBlob({ certificate }), 3);
  if (type?.toString('latin1') !== CERTIFICATE_TYPE || nonce === undefined || key === undefined) return false;
  return publicKeyBlob(publicKey).subarray(-32).equals(key);
}

/** The first fields of an SSH structure of which each is a string with its length; fewer when it ends before. */
function leadingStrings(blob: Buffer, count: number): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; found.length < count && at + 4 <= blob.length;) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) break;
    found.push(blob.subarray(at + 4, end));
    at = end;
  }
  return found;
}
