import { createECDH, createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { makeCertificate } from './certificate.js';
import { bits, integer, octets, oid, sequence, tagged } from './der.js';

/** Certificates of one emulator: nobody outside knows its authority, and whoever is told may trust it. */
export interface CertificateAuthority {
  /** Its own certificate, PEM. The same key and name in every run on one state directory. */
  readonly certificate: string;
  /** Key and certificate, PEM, for a server with these names (host names, IPv4 addresses). */
  serverCertificate(names: readonly string[]): ServerCertificate;
}

export interface ServerCertificate {
  key: string;
  cert: string;
}

const NAME = 'fly-emulator local certificate authority';
const P256 = '1.2.840.10045.3.1.7';
const DAY_MS = 24 * 3_600_000;
/** Some clients refuse what is valid for longer. */
const SERVER_DAYS = 397;
/** Clocks of two computers differ. */
const EARLIER_MS = DAY_MS;

/**
 * Makes the authority that belongs to `seed`.
 * @param now the time of this computer, by which clients judge, whatever the emulator's own clock says
 */
export function createCertificateAuthority(seed: string, now: () => number = Date.now): CertificateAuthority {
  const key = derivedKey(`${seed} certificate authority`);
  const publicKey = createPublicKey(key);
  const issuer = { name: NAME, key, publicKey };
  // One key for all servers: they are one process.
  const server = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const serverKey = server.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const made = new Map<string, { certificate: ServerCertificate; until: number }>();

  return {
    certificate: makeCertificate({
      subject: NAME,
      publicKey,
      issuer,
      names: null,
      from: new Date(Date.UTC(2026, 0, 1)),
      to: new Date(Date.UTC(2046, 0, 1)),
    }),
    serverCertificate(names) {
      const known = made.get(names.join());
      if (known && known.until - DAY_MS > now()) return known.certificate;
      if (made.size >= MOST_KEPT) made.clear();
      const until = now() + SERVER_DAYS * DAY_MS;
      const cert = makeCertificate({
        subject: names[0] ?? '',
        publicKey: server.publicKey,
        issuer,
        names,
        from: new Date(now() - EARLIER_MS),
        to: new Date(until),
      });
      made.set(names.join(), { certificate: { key: serverKey, cert }, until });
      return { key: serverKey, cert };
    },
  };
}

/** Names come from clients: whoever asks for ever new ones must not fill the memory. */
const MOST_KEPT = 1000;

/** The P-256 key of this text: always the same, so that an authority that somebody trusts need not be stored. */
function derivedKey(text: string): KeyObject {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(createHash('sha256').update(text).digest());
  // RFC 5915.
  const der = sequence(
    integer(Buffer.from([1])),
    octets(pair.getPrivateKey()),
    tagged(0, oid(P256)),
    tagged(1, bits(pair.getPublicKey())),
  );
  return createPrivateKey({ key: der, format: 'der', type: 'sec1' });
}
