import path from 'node:path';
import {
  type ImageSigner,
  type ImageVerification,
  type JsonObject,
  type OperationContext,
  type VerifiedImage,
} from '@sindri/core';
import { bundleFromJSON, isBundleWithDsseEnvelope } from '@sigstore/bundle';
import { getTrustedRoot } from '@sigstore/tuf';
import { toSignedEntity, toTrustMaterial, Verifier, type TrustMaterial } from '@sigstore/verify';
import { collectEvidence, type Evidence } from './evidence.js';
import { repositoryText, type Repository } from './reference.js';
import type { RegistryClient } from './registry-client.js';
import { registryError } from './registry-error.js';

/** What this module exports, for whoever loads it only when something is verified. */
export type VerificationModule = typeof import('./verification.js');

/** The keys and certificates that signatures are checked with. Rejects when they cannot be had. */
export type TrustSource = () => Promise<TrustMaterial>;

/** What is to be proven, of which image. */
export interface VerifyRequest {
  repository: Repository;
  digest: string;
  wanted: ImageVerification;
}

/** Sindri's own release workflows, on a branch or a tag that only its maintainers can write. */
const OWN_IDENTITY = String.raw`https://github\.com/pacphi/sindri/\.github/workflows/[\w.-]+@refs/(?:heads/(?:main|v\d+)|tags/v[\w.-]+)`;
const GITHUB_ACTIONS = 'https://token.actions.githubusercontent.com';

const SIGN_PREDICATE = 'https://sigstore.dev/cosign/sign/v1';
const PROVENANCE_PREDICATE = 'https://slsa.dev/provenance/';

/** The trusted root of Sigstore's public instance, by TUF, kept in the state directory. */
export function publicTrust({ stateDir }: Pick<OperationContext, 'stateDir'>): TrustSource {
  return async () => toTrustMaterial(await getTrustedRoot({ cachePath: path.join(stateDir, 'sigstore') }));
}

/** What one piece of evidence turned out to be. */
interface Judged {
  purpose: 'signature' | 'provenance';
  /** `null` when it proves nothing; then `problem` says why. */
  signer: ImageSigner | null;
  problem: string | null;
  statement: Statement | null;
}

interface Statement {
  predicateType: string;
  subject: { digest?: Record<string, string> }[];
  predicate: JsonObject;
}

/**
 * Proves what is wanted about the image with this very digest: a keyless signature, SLSA provenance, each by an identity that matches as a
 * whole and by exactly this issuer. Everything that is missing, broken, expired, or about another image counts for nothing, and nothing is
 * guessed. Rejects with `IMAGE_UNSIGNED`, `IMAGE_SIGNER`, `IMAGE_SIGNATURE`, `IMAGE_PROVENANCE`, or `IMAGE_TRUST_ROOT`.
 */
export async function verifyImage(
  { repository, digest, wanted }: VerifyRequest,
  client: RegistryClient,
  trust: TrustSource,
  context: Pick<OperationContext, 'signal'>,
): Promise<VerifiedImage> {
  const evidence = await collectEvidence(repository, digest, client, context);
  // To know that there is nothing, one needs no keys.
  const verifier = evidence.length === 0 ? null : await createVerifier(trust);
  const judged = evidence.flatMap((one) => (verifier === null ? [] : (judge(one, digest, verifier) ?? [])));
  const image = `${repositoryText(repository)}@${digest}`;
  const signature = wanted.signature ? requireProof('signature', judged, wanted, image) : null;
  const provenance = wanted.provenance ? requireProof('provenance', judged, wanted, image) : null;
  return {
    signer: signature?.signer ?? null,
    provenance: provenance === null ? null : { ...originOf(provenance.statement), signer: provenance.signer },
  };
}

async function createVerifier(trust: TrustSource): Promise<Verifier> {
  try {
    return new Verifier(await trust());
  } catch (cause) {
    throw registryError({
      code: 'IMAGE_TRUST_ROOT',
      kind: 'incomplete',
      message: `The keys that Sigstore trusts could not be fetched, so nothing can be verified: ${messageOf(cause)}.`,
      hint: 'Check the network and run the command again. Nothing was changed.',
      retryable: true,
      cause,
    });
  }
}

/** `null` for what is no signature and no provenance, such as a bill of materials. */
function judge({ bundle: json, signed }: Evidence, digest: string, verifier: Verifier): Judged | null {
  let purpose: Judged['purpose'] = 'signature';
  let statement: Statement | null = null;
  try {
    const bundle = bundleFromJSON(json);
    if (isBundleWithDsseEnvelope(bundle)) {
      const { payload, payloadType } = bundle.content.dsseEnvelope;
      if (payloadType !== 'application/vnd.in-toto+json') return null;
      statement = readStatement(payload);
      if (statement.predicateType.startsWith(PROVENANCE_PREDICATE)) purpose = 'provenance';
      else if (statement.predicateType !== SIGN_PREDICATE) return null;
    } else if (signed === undefined) return null;
    const { identity } = verifier.verify(toSignedEntity(bundle, signed));
    const isAbout = statement === null ? signedImage(signed) === digest : hasSubject(statement, digest);
    if (!isAbout) return { purpose, signer: null, problem: 'it is about another image', statement };
    const { subjectAlternativeName, extensions } = identity ?? {};
    if (subjectAlternativeName === undefined || extensions?.issuer === undefined)
      return { purpose, signer: null, problem: 'it does not say who made it', statement };
    return {
      purpose,
      signer: { identity: subjectAlternativeName, issuer: extensions.issuer },
      problem: null,
      statement,
    };
  } catch (error) {
    return { purpose, signer: null, problem: messageOf(error), statement };
  }
}

function readStatement(payload: Buffer): Statement {
  const { predicateType, subject, predicate } = JSON.parse(payload.toString('utf8')) as Partial<Statement>;
  if (typeof predicateType !== 'string' || !Array.isArray(subject)) throw new Error('it is no in-toto statement');
  return { predicateType, subject, predicate: predicate ?? {} };
}

function hasSubject({ subject }: Statement, digest: string): boolean {
  return subject.some((one) => `sha256:${String(one?.digest?.['sha256'])}` === digest);
}

/** The digest that a simple signing text is about. */
function signedImage(signed: Buffer | undefined): string | null {
  const { critical } = JSON.parse((signed ?? Buffer.from('{}')).toString('utf8')) as {
    critical?: { type?: unknown; image?: { 'docker-manifest-digest'?: unknown } };
  };
  const found = critical?.image?.['docker-manifest-digest'];
  return critical?.type === 'cosign container image signature' && typeof found === 'string' ? found : null;
}

function requireProof(
  purpose: Judged['purpose'],
  all: readonly Judged[],
  { identity, issuer }: ImageVerification,
  image: string,
): Judged & { signer: ImageSigner } {
  const own = all.filter((one) => one.purpose === purpose);
  const pattern = new RegExp(`^(?:${identity ?? OWN_IDENTITY})$`, 'u');
  const wantedIssuer = issuer ?? GITHUB_ACTIONS;
  const valid = own.filter((one): one is Judged & { signer: ImageSigner } => one.signer !== null);
  const right = valid.find(({ signer }) => signer.issuer === wantedIssuer && pattern.test(signer.identity));
  if (right !== undefined) return right;
  throw refusal(purpose, own, valid, image, { identity: identity ?? OWN_IDENTITY, issuer: wantedIssuer });
}

function refusal(
  purpose: Judged['purpose'],
  own: readonly Judged[],
  valid: readonly (Judged & { signer: ImageSigner })[],
  image: string,
  wanted: ImageSigner,
): Error {
  const signers = valid.slice(0, 5).map(({ signer }) => ({ ...signer }));
  const [first] = signers;
  const problem = own.find((one) => one.problem !== null)?.problem ?? null;
  const nothing = 'Nothing was changed.';
  const details = { image, signers, wanted: { ...wanted } };
  if (purpose === 'provenance') {
    const why =
      first !== undefined
        ? `its provenance is by ${first.identity} (${first.issuer})`
        : problem === null
          ? 'it has no provenance'
          : `its provenance is not valid: ${problem}`;
    return registryError({
      code: 'IMAGE_PROVENANCE',
      kind: 'policy',
      message: `Nobody trusted says where ${image} was built: ${why}.`,
      hint: `Wanted is a statement by ${wanted.identity} (${wanted.issuer}). ${nothing}`,
      details,
    });
  }
  if (first !== undefined) {
    return registryError({
      code: 'IMAGE_SIGNER',
      kind: 'policy',
      message: `${image} is signed by ${first.identity} (${first.issuer}), not by whom you trust.`,
      hint: `Wanted is ${wanted.identity} (${wanted.issuer}), as a whole: see certificate_identity and certificate_oidc_issuer. ${nothing}`,
      details,
    });
  }
  if (problem !== null) {
    return registryError({
      code: 'IMAGE_SIGNATURE',
      kind: 'policy',
      message: `${image} has a signature that is not valid: ${problem}.`,
      hint: `Do not use this image before you know why. ${nothing}`,
      details,
    });
  }
  return registryError({
    code: 'IMAGE_UNSIGNED',
    kind: 'policy',
    message: `${image} is not signed.`,
    hint: `Use an image that is, turn verify_signature off in image_config, or give --skip-image-verification. ${nothing}`,
    details,
  });
}

/** Builder and source of a SLSA statement, version 1 or 0.2; `null` for what it does not say. */
function originOf(statement: Statement | null): { builder: string | null; source: string | null } {
  const at = (...keys: string[]): string | null => {
    let value: unknown = statement?.predicate;
    for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
    return typeof value === 'string' ? value.slice(0, 500) : null;
  };
  return {
    builder: at('runDetails', 'builder', 'id') ?? at('builder', 'id'),
    source:
      at('buildDefinition', 'externalParameters', 'workflow', 'repository') ?? at('invocation', 'configSource', 'uri'),
  };
}

/** One line, for texts of libraries. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .slice(0, 300)
    .replace(/\.$/, '');
}
