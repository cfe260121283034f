import { badRequest, unprocessable } from '../../api-error.js';
import type { SshCertificateRequest } from '../../platform/private-network.js';
import { readPublicKey, type SshAuthority } from './authority.js';
import { writeCertificate } from './certificate.js';

const HOUR_MS = 3_600_000;
/** As flyctl limits it before it asks. */
const MOST_HOURS = 72;
/** Clocks differ. */
const EARLIER_MS = 60_000;

/** Makes a certificate, in the form of an `authorized_keys` line. Throws 400 or 422 for what none is made for; the texts are ours. */
export function issueCertificate(request: SshCertificateRequest, authority: SshAuthority, now: number): string {
  const { publicKey, principals, apps, validHours, keyId } = request;
  if (publicKey === '') {
    throw unprocessable('this local emulator makes no key for a certificate: publicKey is required');
  }
  const key = readPublicKey(publicKey);
  if (!key) throw unprocessable('publicKey must be one line that begins with ssh-ed25519');
  if (principals.length === 0) throw unprocessable('principals are required: the users that the certificate is for');
  if (!Number.isInteger(validHours) || validHours < 1 || validHours > MOST_HOURS) {
    throw badRequest(`Invalid expiration time (1-${MOST_HOURS} hours)`);
  }
  const validity = { validAfter: now - EARLIER_MS, validBefore: now + validHours * HOUR_MS };
  return writeCertificate({ key, keyId, principals, apps, ...validity }, authority);
}
