import type { LoginCheck } from '../../runtime/ssh/login.js';
import { isSignedBy, type SshAuthority } from './authority.js';
import { CERTIFICATE_TYPE, readCertificate } from './certificate.js';

/** The machine that somebody wants to log in to. */
export interface CertificateLoginPlace {
  app: string;
  /** Of the organisation of that app. */
  authority(): SshAuthority;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Lets in whoever has a certificate of the organisation for this user and app, and the key that it is about. As Fly's hallpass. */
export function certificateLogin({ app, authority, now }: CertificateLoginPlace): LoginCheck {
  return ({ user, algorithm, key, proof }) => {
    const refused = (why: string) => ({ admitted: false, log: `INFO SSH authentication failed: ${why}` });
    if (algorithm !== CERTIFICATE_TYPE) return { admitted: false };
    const certificate = readCertificate(key, authority());
    if (!certificate) return refused('the certificate is not of this organization');
    if (now() < certificate.validAfter) return refused('the certificate is not valid yet');
    if (now() >= certificate.validBefore) return refused('the certificate has expired');
    if (!certificate.principals.includes(user)) return refused('the certificate is for other users');
    if (certificate.apps?.includes(app) === false) return refused('the certificate is for other apps');
    if (!proof) return { admitted: true };
    if (!isSignedBy(certificate.key, proof.signed, proof.signature)) return refused('the signature is wrong');
    return { admitted: true, log: `INFO New SSH session email=${certificate.keyId} verified=true` };
  };
}
