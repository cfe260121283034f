import { coreError } from '../model/core-error.js';
import type { OperationContext } from '../model/context.js';
import type { ImageContext, ImageVerification, PlannedImage, VerifiedImage } from '../model/image.js';
import type { PlanNote } from '../model/plan.js';
import type { EnvironmentSpec, ImageRequest } from '../model/spec.js';
import { callProvider, callProviderNow } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import { checkLock } from './check-lock.js';
import { chooseTag } from './choose-tag.js';
import { imageContextFor } from './image-digest.js';
import type { ImageLock } from './lock.js';
import type { ImagePolicy } from './policy.js';
import { parseImageReference } from './reference.js';

/** The image of an environment, found. */
export interface SettledImage {
  /** The spec as the provider gets it: with the digest of the image, where it has one. */
  spec: EnvironmentSpec;
  /** `null` when there is nothing to tell: no image is wanted, or none is resolved here. */
  image: PlannedImage | null;
  notes: PlanNote[];
}

/** What an image is, before anybody has asked what it leads to. */
interface Asked {
  text: string;
  origin: PlannedImage['origin'];
  repository: string;
  tag: string | null;
  digest: string | null;
}

/**
 * Finds the image that a deploy uses: what the config asks for becomes one digest, held against sindri.lock and verified as the config
 * wants. Changes nothing. Rejects with `IMAGE_NO_MATCH`, `IMAGE_LOCKED`, `IMAGE_MOVED`, `IMAGE_UNVERIFIABLE`, and with what the source
 * says; there is no other image than the one that was found.
 */
export async function settleImage(
  spec: EnvironmentSpec,
  provider: Provider,
  policy: ImagePolicy | null,
  context: OperationContext,
): Promise<SettledImage> {
  const unchanged = { spec, image: null, notes: [] };
  // What is built from source is no published image: see `describeBuild`.
  if (spec.buildFromSource !== undefined) return unchanged;
  const wanted = wantedVerification(spec, policy);
  if (!asksRegistries(provider, context)) return notResolved(spec, wanted !== null);
  if (policy === null) {
    if (wanted !== null) throw unverifiable('this program has no way to look images up', spec);
    return unchanged;
  }
  const imageContext = imageContextFor(provider, context);
  const asked = await findAsked(spec, provider, policy, imageContext);
  if (asked === null) return unchanged;

  const present = await presentAlready(spec, asked, provider, context);
  if (present?.digest === null) {
    if (wanted !== null && policy.skipVerification !== true)
      throw unverifiable(`${asked.text} was made on the platform itself and has no digest in a registry`, spec);
    return { spec: withReference(spec, nameOf(asked)), image: planned(asked, null, 'not-asked'), notes: [] };
  }
  const digest = asked.digest ?? present?.digest ?? (await findDigest(asked, provider, policy, imageContext));
  const lock = await readLocked(policy);
  const former = checkLock(
    lock,
    { asked: asked.text, repository: asked.repository, tag: asked.tag, digest },
    { frozen: policy.frozen ?? false },
  );
  const verified =
    wanted === null || policy.skipVerification === true
      ? null
      : await policy.source.verify({ repository: asked.repository, digest, wanted }, imageContext);
  const state = wanted === null ? 'not-asked' : verified === null ? 'skipped' : 'verified';
  return {
    spec: withReference(spec, `${asked.repository}@${digest}`),
    image: planned(asked, digest, state, verified),
    notes: notesFor(asked, state, former?.reference ?? null),
  };
}

/** What is remembered of earlier deploys; nothing where nobody remembers. */
export async function readLocked(policy: ImagePolicy | null): Promise<ImageLock> {
  return (await policy?.lock?.()) ?? { schema: 'sindri.lock/1', images: {} };
}

/** Whether the platform fetches images at all; a local emulator runs its own. */
export function asksRegistries(provider: Provider, context: Pick<OperationContext, 'env'>): boolean {
  return callProviderNow(provider, 'images.fetches', () => provider.images?.fetches?.(context) ?? true);
}

/** A platform that runs its own image gets what the config names; where that is left to a registry, the provider says so itself. */
function notResolved(spec: EnvironmentSpec, verifies: boolean): SettledImage {
  const changed = withAnyTag(spec);
  const told = changed !== spec || (verifies && (changed.image?.reference ?? null) !== null);
  const message = 'No registry is asked here, and nothing is verified: a local emulator runs an image of its own.';
  return { spec: changed, image: null, notes: told ? [{ level: 'info', code: 'IMAGE_NOT_RESOLVED', message }] : [] };
}

/** `null` when the config wants no verification at all. */
function wantedVerification({ image }: EnvironmentSpec, policy: ImagePolicy | null): ImageVerification | null {
  const wanted = image?.verification;
  if (wanted !== undefined && (wanted.signature || wanted.provenance)) return wanted;
  if (policy?.verifyAlways !== true) return null;
  const { identity = null, issuer = null } = wanted ?? {};
  return { signature: true, provenance: true, identity, issuer };
}

async function findAsked(
  spec: EnvironmentSpec,
  provider: Provider,
  policy: ImagePolicy,
  context: ImageContext,
): Promise<Asked | null> {
  const request = spec.image?.reference === null ? spec.image.request : null;
  if (request !== null) return chooseFrom(request, spec.distro, policy, context);
  const named = spec.image?.reference ?? undefined;
  const fallback = (): string | null => provider.images?.defaultImage?.(spec) ?? null;
  const reference = named ?? callProviderNow(provider, 'images.defaultImage', fallback);
  if (reference === null) return null;
  const parsed = parseImageReference(reference);
  // The config was judged, and what the command line gives, too; a provider's default is its own affair.
  if ('problem' in parsed) throw new TypeError(`"${reference}" ${parsed.problem}`);
  const tag = parsed.tag ?? (parsed.digest === null ? 'latest' : null);
  return { text: reference, origin: named === undefined ? 'default' : 'config', ...parsed, tag };
}

async function chooseFrom(
  request: ImageRequest,
  distro: EnvironmentSpec['distro'],
  { source, toolVersion }: ImagePolicy,
  context: ImageContext,
): Promise<Asked> {
  const { registry: repository } = request;
  const choice = chooseTag({
    tags: await source.tags(repository, context),
    request,
    distro,
    toolVersion: toolVersion ?? null,
  });
  if ('problem' in choice) {
    throw coreError({
      code: 'IMAGE_NO_MATCH',
      kind: 'refused',
      message: `${repository}: ${choice.problem}`,
      hint: `${choice.hint} Nothing was changed.`,
      details: { repository, version: request.version, strategy: request.strategy, nearest: choice.nearest },
    });
  }
  return { text: askedText(request, distro), origin: 'config', repository, tag: choice.tag, digest: null };
}

/** `ghcr.io/pacphi/sindri ^3.0.0 (fedora)`: equal for equal requests, for it is the name in sindri.lock. */
function askedText(
  { registry, version, strategy, allowPrerelease }: ImageRequest,
  distro: EnvironmentSpec['distro'],
): string {
  const what = strategy === 'pin-to-cli' ? strategy : (version ?? 'latest-stable');
  const remarks = [
    ...(strategy === 'latest-stable' && version !== null ? [strategy] : []),
    ...(allowPrerelease ? ['prereleases'] : []),
    ...(distro === undefined || distro === 'ubuntu' ? [] : [distro]),
  ];
  return `${registry} ${what}${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}`;
}

/** What the platform would use under this name without asking a registry. */
async function presentAlready(
  spec: EnvironmentSpec,
  asked: Asked,
  provider: Provider,
  context: OperationContext,
): Promise<{ digest: string | null } | null> {
  const { images } = provider;
  if (asked.digest !== null || images?.present === undefined || spec.image?.pullPolicy === 'Always') return null;
  return callProvider(provider, 'images.present', async () => images.present?.(nameOf(asked), spec, context) ?? null);
}

async function findDigest(
  asked: Asked,
  provider: Provider,
  { source }: ImagePolicy,
  context: ImageContext,
): Promise<string> {
  const { platform, publicly } = provider.images ?? {};
  const request = {
    reference: nameOf(asked),
    ...(platform === undefined ? {} : { platform }),
    ...(publicly === undefined ? {} : { publicly }),
  };
  return (await source.find(request, context)).digest;
}

function nameOf({ repository, tag }: Pick<Asked, 'repository' | 'tag'>): string {
  return tag === null ? repository : `${repository}:${tag}`;
}

function withReference(spec: EnvironmentSpec, reference: string): EnvironmentSpec {
  const { pullPolicy = null, verification } = spec.image ?? {};
  const image = { reference, request: null, pullPolicy };
  return { ...spec, image: verification === undefined ? image : { ...image, verification } };
}

/** For a platform that runs its own image whatever the name is: a range that no tag stands for must not stop it. */
function withAnyTag(spec: EnvironmentSpec): EnvironmentSpec {
  const request = spec.image?.reference === null ? spec.image.request : null;
  if (request === null || request.version === null || /^[\^~]?[\d.]+$/.test(request.version)) return spec;
  return withReference(spec, `${request.registry}:latest`);
}

function planned(
  { text, origin, repository, tag }: Asked,
  digest: string | null,
  verification: PlannedImage['verification'],
  verified: VerifiedImage | null = null,
): PlannedImage {
  const image = { asked: text, origin, repository, tag, digest, verification };
  return verified === null ? image : { ...image, verified };
}

function notesFor(asked: Asked, state: PlannedImage['verification'], former: string | null): PlanNote[] {
  const notes: PlanNote[] = [];
  if (asked.origin === 'default') {
    const message = `The config names no image: ${asked.text} is used.`;
    notes.push({ level: 'info', code: 'IMAGE_DEFAULT', message });
  }
  if (former !== null) {
    const message = `The image is another than at the last deploy, when it was ${former}.`;
    notes.push({ level: 'info', code: 'IMAGE_CHANGED', message });
  }
  if (state === 'skipped') {
    const message =
      'The config wants the image to be verified, and --skip-image-verification was given: nobody has checked who signed or built it.';
    notes.push({ level: 'warning', code: 'IMAGE_UNVERIFIED', message });
  }
  return notes;
}

function unverifiable(why: string, { name }: EnvironmentSpec): Error {
  return coreError({
    code: 'IMAGE_UNVERIFIABLE',
    kind: 'policy',
    message: `The image of ${name} must be verified, and cannot be: ${why}.`,
    hint: 'Nothing was changed. Use a published image, turn verify_signature and verify_provenance off, or give --skip-image-verification.',
  });
}
