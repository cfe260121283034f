import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, implicit, integer, octets, oid, sequence, set, tagged, time, utf8, yes } from './der.js';

/** What an X.509 certificate is to say. */
export interface CertificateRequest {
  /** Its common name. */
  subject: string;
  publicKey: KeyObject;
  issuer: { name: string; key: KeyObject; publicKey: KeyObject };
  /** Host names and IPv4 addresses; `null` for an authority. */
  names: readonly string[] | null;
  from: Date;
  to: Date;
}

const Oid = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

const VERSION_3 = Buffer.from([2]);

/** A certificate (RFC 5280) in PEM, signed with an ECDSA key on P-256. */
export function makeCertificate(request: CertificateRequest): string {
  const { subject, publicKey, issuer, names, from, to } = request;
  const algorithm = sequence(oid(Oid.ecdsaWithSha256));
  const content = sequence(
    tagged(0, integer(VERSION_3)),
    integer(randomBytes(16)),
    algorithm,
    commonName(issuer.name),
    sequence(time(from), time(to)),
    commonName(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    tagged(
      3,
      sequence(
        ...(names === null ? authorityUse() : serverUse(names)),
        extension(Oid.subjectKeyIdentifier, octets(keyIdentifier(publicKey))),
        extension(Oid.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(issuer.publicKey)))),
      ),
    ),
  );
  return pem(sequence(content, algorithm, bits(sign('sha256', content, { key: issuer.key, dsaEncoding: 'der' }))));
}

const commonName = (name: string): Buffer => sequence(set(sequence(oid(Oid.commonName), utf8(name))));

const extension = (id: string, content: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes()] : []), octets(content));

/** It signs certificates, and nothing else. */
const authorityUse = (): Buffer[] => [
  extension(Oid.basicConstraints, sequence(yes()), true),
  extension(Oid.keyUsage, bits(Buffer.from([0b0000_0100]), 2), true),
];

const serverUse = (names: readonly string[]): Buffer[] => [
  extension(Oid.basicConstraints, sequence(), true),
  extension(Oid.keyUsage, bits(Buffer.from([0b1000_0000]), 7), true),
  extension(Oid.extendedKeyUsage, sequence(oid(Oid.serverAuth))),
  extension(Oid.subjectAltName, sequence(...names.map(generalName))),
];

const generalName = (name: string): Buffer =>
  isIPv4(name) ? implicit(7, Buffer.from(name.split('.').map(Number))) : implicit(2, Buffer.from(name));

/** RFC 5280, section 4.2.1.2, but of the whole key info: any value that is the key's own will do. */
const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest();

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
