import { randomBytes } from 'node:crypto';
import { isSignedBy, readPublicKey, type SshAuthority } from './authority.js';
import { number32, number64, string, WireReader } from './wire.js';

/** What a certificate says of a user's key (OpenSSH, PROTOCOL.certkeys). */
export interface SshCertificate {
  /** The 32 bytes of the key. */
  key: Buffer;
  /** For whom it was made. */
  keyId: string;
  /** Users it may log in as. */
  principals: string[];
  /** Apps whose machines it opens; `null` = all of the organisation. */
  apps: string[] | null;
  /** Milliseconds since the epoch. */
  validAfter: number;
  validBefore: number;
}

export const CERTIFICATE_TYPE = 'ssh-ed25519-cert-v01@openssh.com';
const USER_CERTIFICATE = 1;
/**
 * How Fly writes down that a certificate is for some apps only is not public. A server that does not know a critical option refuses
 * the certificate: that is right for this one.
 */
const APPS_OPTION = 'apps@fly-emulator';
/** As OpenSSH's ssh-keygen gives them. */
const EXTENSIONS = [
  'permit-X11-forwarding',
  'permit-agent-forwarding',
  'permit-port-forwarding',
  'permit-pty',
  'permit-user-rc',
];

/** A signed certificate, in the form of an `authorized_keys` line. */
export function writeCertificate(certificate: SshCertificate, authority: SshAuthority): string {
  const { key, keyId, principals, apps, validAfter, validBefore } = certificate;
  const options = apps === null ? [] : [string(APPS_OPTION), string(string(apps.join()))];
  const content = Buffer.concat([
    string(CERTIFICATE_TYPE),
    string(randomBytes(32)),
    string(key),
    number64(randomBytes(8).readBigUInt64BE()),
    number32(USER_CERTIFICATE),
    string(keyId),
    string(Buffer.concat(principals.map(string))),
    number64(seconds(validAfter)),
    number64(seconds(validBefore)),
    string(Buffer.concat(options)),
    string(Buffer.concat(EXTENSIONS.flatMap((name) => [string(name), string('')]))),
    string(''),
    string(authority.blob),
  ]);
  const blob = Buffer.concat([content, string(authority.sign(content))]);
  return `${CERTIFICATE_TYPE} ${blob.toString('base64')} ${keyId}`;
}

/** What a certificate that this authority has signed says; `null` for any other, and for what is none. */
export function readCertificate(blob: Buffer, authority: SshAuthority): SshCertificate | null {
  try {
    return read(blob, authority);
  } catch {
    // It ends before what it promises.
    return null;
  }
}

function read(blob: Buffer, authority: SshAuthority): SshCertificate | null {
  const reader = new WireReader(blob);
  if (reader.string().toString() !== CERTIFICATE_TYPE) return null;
  reader.string();
  const key = reader.string();
  reader.number64();
  const kind = reader.number32();
  const keyId = reader.string().toString();
  const principals = new WireReader(reader.string()).strings();
  const [validAfter, validBefore] = [reader.number64(), reader.number64()].map((at) => Number(at) * 1000);
  const options = new WireReader(reader.string()).strings();
  reader.string();
  reader.string();
  const signer = reader.string();
  const content = blob.subarray(0, reader.position);
  const signature = reader.string();
  const authorityKey = readPublicKey(authority.blob);
  if (kind !== USER_CERTIFICATE || !reader.isAtEnd || !signer.equals(authority.blob)) return null;
  if (!authorityKey || !isSignedBy(authorityKey, content, signature)) return null;
  // One that is not known here, and must be heeded.
  if (options.length > 0 && (options.length !== 2 || options[0] !== APPS_OPTION)) return null;
  const apps = options[1] === undefined ? null : new WireReader(Buffer.from(options[1])).string().toString().split(',');
  return { key, keyId, principals, apps, validAfter: validAfter ?? 0, validBefore: validBefore ?? 0 };
}

const seconds = (ms: number): bigint => BigInt(Math.floor(ms / 1000));
