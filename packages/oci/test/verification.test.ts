import { Agent } from 'undici';
import type { ImageVerification, VerifiedImage } from '@sindri/core';
import { createRegistryClient } from '../src/index.js';
import { verifyImage } from '../src/verification.js';
import { startRegistry, type TestRegistry } from './support/registry.js';
import { identity, issuer, SLSA, startSigstore, type TestSigstore } from './support/signing.js';

const dispatcher = new Agent();
const client = createRegistryClient({ dispatcher });
const context = { signal: new AbortController().signal };
const path = 'team/app';
let registry: TestRegistry;
let sigstore: TestSigstore;
let images = 0;

beforeAll(async () => {
  [registry, sigstore] = await Promise.all([startRegistry(), startSigstore()]);
});
afterAll(() => Promise.all([registry.stop(), dispatcher.close()]));

/** The digest of an image that nobody has signed yet. */
const newImage = (): string => registry.image(path, `1.0.${(images += 1)}`);

const own = String.raw`https://github\.com/team/app/.+`;

function verify(
  digest: string,
  wanted: Partial<ImageVerification> = {},
  trust = sigstore.trust,
): Promise<VerifiedImage> {
  const all = { signature: true, provenance: false, identity: own, issuer: null, ...wanted };
  return verifyImage({ repository: { host: registry.host, path }, digest, wanted: all }, client, trust, context);
}

const refused = (code: string, message: RegExp) => ({ code, kind: 'policy', message: expect.stringMatching(message) });

describe('a signature', () => {
  it.each(['attest', 'cosign'] as const)('is found as %s puts it there', async (how) => {
    const digest = newImage();
    await sigstore[how](registry, path, digest);
    await expect(verify(digest)).resolves.toEqual({ signer: { identity, issuer }, provenance: null });
  });

  it('is missed', async () => {
    await expect(verify(newImage())).rejects.toMatchObject(refused('IMAGE_UNSIGNED', /is not signed/));
  });

  it.each([
    ['somebody else', { identity: 'https://github.com/evil/app/.github/workflows/x.yml@refs/tags/v1' }],
    ['a name that begins alike', { identity: 'https://evil.example/https://github.com/team/app/x' }],
    ['another issuer', { issuer: 'https://issuer.example' }],
  ])('by %s is refused, and he is named', async (_who, signer) => {
    const digest = newImage();
    await sigstore.attest(registry, path, digest, signer);
    await sigstore.cosign(registry, path, digest, signer);
    const failure = verify(digest);
    await expect(failure).rejects.toMatchObject(refused('IMAGE_SIGNER', /is signed by/));
    await expect(failure).rejects.toMatchObject({ details: { signers: [{ identity, issuer, ...signer }, {}] } });
  });

  it('must match as a whole', async () => {
    const digest = newImage();
    await sigstore.attest(registry, path, digest);
    const beginning = String.raw`https://github\.com/team/app`;
    await expect(verify(digest, { identity: beginning })).rejects.toMatchObject({ code: 'IMAGE_SIGNER' });
    await expect(verify(digest, { identity: `${beginning}|nothing` })).rejects.toMatchObject({ code: 'IMAGE_SIGNER' });
  });

  it('is by default that of our own release workflows', async () => {
    const release = 'https://github.com/pacphi/sindri/.github/workflows/release-v3.yml@refs/tags/v3.1.3';
    const digest = newImage();
    await sigstore.cosign(registry, path, digest, { identity: release });
    await expect(verify(digest, { identity: null })).resolves.toMatchObject({ signer: { identity: release } });
    const alike = newImage();
    await sigstore.cosign(registry, path, alike, { identity: release.replace('/sindri/', '/sindri-anything/') });
    await expect(verify(alike, { identity: null })).rejects.toMatchObject({ code: 'IMAGE_SIGNER' });
  });

  it.each(['attest', 'cosign'] as const)('for another image is refused: %s', async (how) => {
    const digest = newImage();
    const other = newImage();
    await sigstore[how](registry, path, digest, { subject: other, about: other });
    await expect(verify(digest)).rejects.toMatchObject(refused('IMAGE_SIGNATURE', /about another image/));
  });

  it('by a key that the certificate is not for is refused', async () => {
    const digest = newImage();
    await sigstore.cosign(registry, path, digest, { forged: true });
    await expect(verify(digest)).rejects.toMatchObject(refused('IMAGE_SIGNATURE', /not valid/));
  });

  it('with a certificate that had expired is refused', async () => {
    const late = await startSigstore({ certificateTime: new Date('2020-01-01T00:00:00Z') });
    for (const how of ['attest', 'cosign'] as const) {
      const digest = newImage();
      await late[how](registry, path, digest);
      await expect(verify(digest, {}, late.trust)).rejects.toMatchObject(refused('IMAGE_SIGNATURE', /not valid/));
    }
  });

  it('under a root that nobody trusts is refused', async () => {
    const digest = newImage();
    const stranger = await startSigstore();
    await stranger.attest(registry, path, digest);
    await expect(verify(digest)).rejects.toMatchObject(refused('IMAGE_SIGNATURE', /not valid/));
  });

  it('counts when a broken one lies beside it', async () => {
    const digest = newImage();
    await sigstore.cosign(registry, path, digest, { forged: true });
    await sigstore.attest(registry, path, digest);
    await expect(verify(digest)).resolves.toMatchObject({ signer: { identity } });
  });

  it('is not provenance, and provenance is none', async () => {
    const digest = newImage();
    await sigstore.attest(registry, path, digest);
    const provenance = { signature: false, provenance: true };
    await expect(verify(digest, provenance)).rejects.toMatchObject(refused('IMAGE_PROVENANCE', /has no provenance/));
    const built = newImage();
    await sigstore.attest(registry, path, built, { predicateType: SLSA });
    await expect(verify(built)).rejects.toMatchObject({ code: 'IMAGE_UNSIGNED' });
  });
});

describe('provenance', () => {
  const wanted = { signature: false, provenance: true };

  it('says who built it from what', async () => {
    const digest = newImage();
    await sigstore.attest(registry, path, digest, { predicateType: SLSA });
    await expect(verify(digest, wanted)).resolves.toEqual({
      signer: null,
      provenance: {
        builder: 'https://github.com/actions/runner/github-hosted',
        source: 'https://github.com/team/app',
        signer: { identity, issuer },
      },
    });
  });

  it.each([
    ['for another digest', { subject: `sha256:${'0'.repeat(64)}` }, /about another image/],
    ['by somebody else', { identity: 'https://evil.example' }, /is by https:\/\/evil\.example/],
    ['that is a bill of materials', { predicateType: 'https://spdx.dev/Document' }, /has no provenance/],
  ])('%s is refused', async (_what, statement, message) => {
    const digest = newImage();
    await sigstore.attest(registry, path, digest, { predicateType: SLSA, ...statement });
    await expect(verify(digest, wanted)).rejects.toMatchObject(refused('IMAGE_PROVENANCE', message));
  });
});

describe('trouble', () => {
  it('without keys nothing is verified', async () => {
    const digest = newImage();
    await sigstore.attest(registry, path, digest);
    const trust = async () => Promise.reject(new Error('no network'));
    await expect(verify(digest, {}, trust)).rejects.toMatchObject({ code: 'IMAGE_TRUST_ROOT', kind: 'incomplete' });
  });

  it.each([
    ['no JSON', 'garbage'],
    ['no bundle', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}'],
  ])('what is %s proves nothing', async (_what, text) => {
    const digest = newImage();
    const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    registry.manifest(path, null, {
      schemaVersion: 2,
      artifactType: mediaType,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: registry.blob('{}'), size: 2 },
      layers: [{ mediaType, digest: registry.blob(text), size: text.length }],
      subject: { mediaType: 'x', digest, size: 1 },
    });
    await expect(verify(digest)).rejects.toMatchObject({ kind: 'policy' });
  });

  it('a registry that fails is told as such', async () => {
    const digest = newImage();
    await sigstore.attest(registry, path, digest);
    const end = registry.intercept(
      (line) => line.includes('/referrers/'),
      (_request, response) => void response.writeHead(400).end('{"errors":[{"message":"broken"}]}'),
    );
    await expect(verify(digest)).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' });
    end();
  });
});
