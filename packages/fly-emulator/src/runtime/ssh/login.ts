import { createHash } from 'node:crypto';
import { readAuthorizedKeys } from './authorized-keys.js';

/** A key that somebody wants to log in with. */
export interface LoginAttempt {
  user: string;
  /** `ssh-ed25519`, or the type of a certificate. */
  algorithm: string;
  /** The public key or certificate, as it travels. */
  key: Buffer;
  /** Absent while the client only asks whether the key would do. */
  proof?: { signed: Buffer; signature: Buffer; hash: string | undefined };
}

/** Whether the attempt is let in; `log` is a line for the log of the machine, as the server writes it. */
export interface LoginVerdict {
  admitted: boolean;
  log?: string;
}

/** Judges attempts. The state behind it may change from one to the next. */
export type LoginCheck = (attempt: LoginAttempt) => LoginVerdict;

const REFUSED: LoginVerdict = { admitted: false };

/** The private half of a key in an `authorized_keys` text, and the one user of the image. As sshd. */
export function authorizedKeyLogin(user: string, authorizedKeys: () => string): LoginCheck {
  return ({ user: asked, key, proof }) => {
    if (asked !== user) return REFUSED;
    const known = readAuthorizedKeys(authorizedKeys()).find((entry) => entry.blob.equals(key));
    if (!known) return REFUSED;
    if (!proof) return { admitted: true };
    if (known.key.verify(proof.signed, proof.signature, proof.hash) !== true) return REFUSED;
    return {
      admitted: true,
      log: `Accepted publickey for ${user} ssh2: ${known.key.type} ${fingerprint(known.blob)}`,
    };
  };
}

function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
