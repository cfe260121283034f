import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyPairKeyObjectResult } from 'node:crypto';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { initializeCA, initializeTLog } from '@sigstore/mock';
import { toTrustMaterial, type TrustMaterial } from '@sigstore/verify';
import type { TestRegistry } from './registry.js';

/** Who signs, and how. */
export interface SignerOptions {
  identity?: string;
  issuer?: string;
}

/** A Sigstore of our own: certificate authority, certificate log, transparency log. */
export interface TestSigstore {
  trust: () => Promise<TrustMaterial>;
  /** Signs as cosign has it since version 3, or as provenance: a bundle that refers to the image. Returns the bundle. */
  attest(
    registry: TestRegistry,
    repository: string,
    digest: string,
    statement?: { predicateType?: string; subject?: string } & SignerOptions,
  ): Promise<void>;
  /** Signs as cosign did before: a manifest under the tag `sha256-….sig`. */
  cosign(
    registry: TestRegistry,
    repository: string,
    digest: string,
    options?: { about?: string; forged?: boolean } & SignerOptions,
  ): Promise<void>;
}

export const identity = 'https://github.com/team/app/.github/workflows/release.yml@refs/tags/v1.0.0';
export const issuer = 'https://token.actions.githubusercontent.com';
export const SLSA = 'https://slsa.dev/provenance/v1';
const SIGN = 'https://sigstore.dev/cosign/sign/v1';

const ec = (namedCurve: string): KeyPairKeyObjectResult => generateKeyPairSync('ec', { namedCurve });
const base64 = (bytes: Buffer): string => bytes.toString('base64');

/** `certificateTime`: when certificates are issued, while the logs write now. Default: now. */
export async function startSigstore({ certificateTime }: { certificateTime?: Date } = {}): Promise<TestSigstore> {
  const ctKey = ec('P-256');
  const tlogKey = ec('P-256');
  const ctlog = certificateLog(ctKey, certificateTime ?? new Date());
  const ca = await initializeCA(ec('P-384'), ctlog, certificateTime);
  const tlog = await initializeTLog('https://rekor.example', tlogKey);

  const logOf = (key: KeyPairKeyObjectResult, baseUrl: string): object => {
    const der = key.publicKey.export({ format: 'der', type: 'spki' });
    const validFor = { start: '2000-01-01T00:00:00Z' };
    return {
      baseUrl,
      hashAlgorithm: 'SHA2_256',
      publicKey: { rawBytes: base64(der), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
      logId: { keyId: base64(createHash('sha256').update(der).digest()) },
    };
  };
  const root = TrustedRoot.fromJSON({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf(tlogKey, 'https://rekor.example')],
    ctlogs: [logOf(ctKey, 'https://ct.example')],
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: 'https://fulcio.example',
        certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate) }] },
        validFor: { start: '2000-01-01T00:00:00Z' },
      },
    ],
    timestampAuthorities: [],
  });

  async function certificate(options: SignerOptions): Promise<{ key: KeyPairKeyObjectResult; der: Buffer }> {
    const key = ec('P-256');
    const publicKey = createPublicKey(key.privateKey).export({ format: 'der', type: 'spki' });
    const value = options.issuer ?? issuer;
    const der = await ca.issueCertificate({
      publicKey,
      subjectAltName: options.identity ?? identity,
      extensions: [
        { oid: '1.3.6.1.4.1.57264.1.1', value, legacy: true },
        { oid: '1.3.6.1.4.1.57264.1.8', value },
      ],
    });
    return { key, der };
  }

  async function logged(entry: object) {
    const [answer] = Object.values(await tlog.log(entry));
    return answer as unknown as {
      body: string;
      integratedTime: number;
      logID: string;
      logIndex: number;
      verification: { signedEntryTimestamp: string };
    };
  }

  return {
    trust: async () => toTrustMaterial(root),

    async attest(registry, repository, digest, { predicateType = SIGN, subject = digest, ...who } = {}) {
      const { key, der } = await certificate(who);
      const payload = Buffer.from(
        JSON.stringify({
          _type: 'https://in-toto.io/Statement/v1',
          subject: [{ name: repository, digest: { sha256: subject.replace('sha256:', '') } }],
          predicateType,
          predicate: {
            buildDefinition: { externalParameters: { workflow: { repository: 'https://github.com/team/app' } } },
            runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
          },
        }),
      );
      const payloadType = 'application/vnd.in-toto+json';
      const signature = sign('sha256', preAuthenticationEncoding(payloadType, payload), key.privateKey);
      const entry = await logged({
        apiVersion: '0.0.1',
        kind: 'dsse',
        spec: {
          envelopeHash: { algorithm: 'sha256', value: '0'.repeat(64) },
          payloadHash: { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') },
          signatures: [{ signature: base64(signature), verifier: base64(Buffer.from(pemOf(der))) }],
        },
      });
      const bundle = {
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: { certificate: { rawBytes: base64(der) }, tlogEntries: [tlogEntry(entry, 'dsse')] },
        dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] },
      };
      const text = JSON.stringify(bundle);
      registry.manifest(repository, null, {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: bundle.mediaType,
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: registry.blob('{}'), size: 2 },
        layers: [{ mediaType: bundle.mediaType, digest: registry.blob(text), size: text.length }],
        subject: { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: 1 },
      });
    },

    async cosign(registry, repository, digest, { about = digest, forged = false, ...who } = {}) {
      const { key, der } = await certificate(who);
      const signed = Buffer.from(
        JSON.stringify({
          critical: {
            identity: { 'docker-reference': repository },
            image: { 'docker-manifest-digest': about },
            type: 'cosign container image signature',
          },
          optional: null,
        }),
      );
      const signature = base64(sign('sha256', signed, forged ? ec('P-256').privateKey : key.privateKey));
      const entry = await logged({
        apiVersion: '0.0.1',
        kind: 'hashedrekord',
        spec: {
          data: { hash: { algorithm: 'sha256', value: createHash('sha256').update(signed).digest('hex') } },
          signature: { content: signature, publicKey: { content: base64(Buffer.from(pemOf(der))) } },
        },
      });
      const { body, integratedTime, logIndex, logID } = entry;
      registry.manifest(repository, `${digest.replace(':', '-')}.sig`, {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: registry.blob('{}'), size: 2 },
        layers: [
          {
            mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
            digest: registry.blob(signed),
            size: signed.length,
            annotations: {
              'dev.cosignproject.cosign/signature': signature,
              'dev.sigstore.cosign/certificate': pemOf(der),
              'dev.sigstore.cosign/bundle': JSON.stringify({
                SignedEntryTimestamp: entry.verification.signedEntryTimestamp,
                Payload: { body, integratedTime, logIndex, logID },
              }),
            },
          },
        ],
      });
    },
  };
}

function tlogEntry(
  entry: { body: string; integratedTime: number; logID: string; logIndex: number; verification: object },
  kind: string,
): object {
  const { signedEntryTimestamp, inclusionProof } = entry.verification as {
    signedEntryTimestamp: string;
    inclusionProof: { logIndex: number; treeSize: number; rootHash: string; checkpoint: string };
  };
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: base64(Buffer.from(entry.logID, 'hex')) },
    kindVersion: { kind, version: '0.0.1' },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(inclusionProof.logIndex),
      treeSize: String(inclusionProof.treeSize),
      rootHash: base64(Buffer.from(inclusionProof.rootHash, 'hex')),
      hashes: [],
      checkpoint: { envelope: inclusionProof.checkpoint },
    },
    canonicalizedBody: entry.body,
  };
}

/**
 * A certificate transparency log (RFC 6962, section 3.2). The one of the mock builds its answer with a library whose present version
 * cuts it short.
 */
function certificateLog(key: KeyPairKeyObjectResult, now: Date): NonNullable<Parameters<typeof initializeCA>[1]> {
  const publicKey = key.publicKey.export({ format: 'der', type: 'spki' });
  const logID = createHash('sha256').update(publicKey).digest();
  const uint = (value: number, bytes: number): Buffer => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64BE(BigInt(value));
    return buffer.subarray(8 - bytes);
  };
  return {
    publicKey,
    logID,
    async log(certificate, issuerId) {
      const tbs = firstElement(Buffer.from(certificate));
      const timestamp = uint(now.getTime(), 8);
      const entry = Buffer.concat([uint(1, 2), Buffer.from(issuerId), uint(tbs.length, 3), tbs]);
      const signature = sign('sha256', Buffer.concat([uint(0, 2), timestamp, entry, uint(0, 2)]), key.privateKey);
      const ecdsaWithSha256 = Buffer.from([4, 3]);
      const sct = Buffer.concat([
        ...[uint(0, 1), logID, timestamp, uint(0, 2), ecdsaWithSha256],
        ...[uint(signature.length, 2), signature],
      ]);
      // As an entry of the list that the authority puts it into.
      return new Uint8Array(Buffer.concat([uint(sct.length, 2), sct])).buffer;
    },
  };
}

/** The first element inside a DER sequence, whole: of a certificate what is signed. */
function firstElement(der: Buffer): Buffer {
  const header = (at: number): { start: number; length: number } => {
    const first = der[at + 1] as number;
    if (first < 0x80) return { start: at + 2, length: first };
    const bytes = first & 0x7f;
    return { start: at + 2 + bytes, length: der.readUIntBE(at + 2, bytes) };
  };
  const { start } = header(0);
  const inner = header(start);
  return der.subarray(start, inner.start + inner.length);
}

/** DSSE's pre-authentication encoding. */
function preAuthenticationEncoding(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

function pemOf(der: Buffer): string {
  const lines = base64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
