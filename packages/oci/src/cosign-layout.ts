import type { Descriptor } from './manifest.js';

/** How cosign kept signatures before there were sigstore bundles: everything but the signed text is in annotations. */
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const DSSE_ENVELOPE = 'application/vnd.dsse.envelope.v1+json';

/**
 * The sigstore bundle (as JSON) of a layer in cosign's older layout, `null` for a layer that is none. `content` is the blob: the signed
 * text, or a DSSE envelope. Nothing is verified here.
 */
export function bundleOfLayer(
  { mediaType, annotations = {} }: Descriptor,
  content: Buffer,
  sha256: Buffer,
): object | null {
  const log = annotations['dev.sigstore.cosign/bundle'];
  const certificate = annotations['dev.sigstore.cosign/certificate'];
  if (log === undefined || certificate === undefined) return null;
  const verificationMaterial = {
    x509CertificateChain: { certificates: [{ rawBytes: derOf(certificate) }] },
    tlogEntries: [logEntry(log)],
  };
  const mediaTypeOfBundle = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
  if (mediaType === SIMPLE_SIGNING) {
    const signature = annotations['dev.cosignproject.cosign/signature'];
    if (signature === undefined) return null;
    const messageDigest = { algorithm: 'SHA2_256', digest: sha256.toString('base64') };
    return { mediaType: mediaTypeOfBundle, verificationMaterial, messageSignature: { messageDigest, signature } };
  }
  if (mediaType === DSSE_ENVELOPE) {
    const dsseEnvelope: unknown = JSON.parse(content.toString('utf8'));
    return { mediaType: mediaTypeOfBundle, verificationMaterial, dsseEnvelope };
  }
  return null;
}

/** `{SignedEntryTimestamp, Payload: {body, integratedTime, logIndex, logID}}`, the answer of the transparency log. */
function logEntry(text: string): object {
  const { SignedEntryTimestamp, Payload } = JSON.parse(text) as {
    SignedEntryTimestamp: string;
    Payload: { body: string; integratedTime: number; logIndex: number; logID: string };
  };
  const { kind, apiVersion } = JSON.parse(Buffer.from(Payload.body, 'base64').toString('utf8')) as Record<
    string,
    string
  >;
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: Payload.body,
  };
}

/** The first certificate of a PEM text, in base64. */
function derOf(pem: string): string {
  const [, body = ''] = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem) ?? [];
  return body.replace(/\s/g, '');
}
