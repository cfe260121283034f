import { checkLock } from '../image/check-lock.js';
import type { SettledImage } from '../image/settle-image.js';
import type { ImagePolicy } from '../image/policy.js';
import { readLocked } from '../image/settle-image.js';
import { coreError } from '../model/core-error.js';
import type { OperationContext } from '../model/context.js';
import type { Observation } from '../model/observation.js';
import type { PlanNote } from '../model/plan.js';
import type { EnvironmentSpec } from '../model/spec.js';
import type { SourceReader, SourceSpec } from '../model/source.js';
import { callProviderNow } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import type { Builds } from '../provider/builds.js';
import { chooseRef, imageTagOf, shortName, type ChosenRef } from './choose-ref.js';

/** A spec whose image is built from source. */
export type BuiltSpec = EnvironmentSpec & { buildFromSource: SourceSpec };

/** Whether an image is to be built for it. */
export function isBuilt(spec: EnvironmentSpec): spec is BuiltSpec {
  return spec.buildFromSource !== undefined;
}

/** Throws `CAPABILITY_UNSUPPORTED` for a provider that builds nothing. */
export function requireBuilds(provider: Provider): Builds {
  if (provider.builds !== undefined) return provider.builds;
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `The provider "${provider.name}" cannot build images from source.`,
    hint: 'Name a published image with `deployment.image`, or take buildFromSource out.',
    details: { provider: provider.name, capability: 'builds', capabilities: [...provider.capabilities] },
  });
}

/**
 * Finds the commit that an image is built from. Asks the repository, and changes nothing. Rejects with `SOURCE_REF_UNKNOWN`,
 * `SOURCE_REF_AMBIGUOUS`, `SOURCE_UNREAD`, and with what the reader says; there is no other commit than the one that was named.
 */
export async function settleSource(
  spec: BuiltSpec,
  reader: SourceReader | null,
  context: OperationContext,
): Promise<BuiltSpec> {
  const source = spec.buildFromSource;
  if (reader === null) {
    throw coreError({
      code: 'SOURCE_UNREAD',
      kind: 'usage',
      message: `The image of ${spec.name} is built from source, and this program has no way to read a git repository.`,
      hint: 'Give `sources` and `images` to openEnvironment: `createSourceReader()` of @sindri/git, `createImageSource()` of @sindri/oci.',
    });
  }
  const found = await reader.refs(source.repository, context);
  const chosen = chooseRef(found, source.gitRef);
  const { ref, commit } = await requireFound(chosen, source, reader, context);
  const resolved = { ref, commit, tag: imageTagOf({ ref, commit }, spec.distro), isPrivate: found.isPrivate };
  return { ...spec, buildFromSource: { ...source, resolved } };
}

async function requireFound(
  chosen: ChosenRef,
  { repository, gitRef }: SourceSpec,
  reader: SourceReader,
  context: OperationContext,
): Promise<{ ref: string | null; commit: string }> {
  const details = { repository, gitRef };
  if (chosen.kind === 'found') return chosen;
  if (chosen.kind === 'ambiguous') {
    throw coreError({
      code: 'SOURCE_REF_AMBIGUOUS',
      kind: 'usage',
      message: `${repository} has more than one ${gitRef ?? ''}, and they differ: ${chosen.refs.join(', ')}.`,
      hint: `Name the one that is meant in full: \`gitRef: ${chosen.refs[0] ?? ''}\`. Nothing was changed.`,
      details: { ...details, refs: chosen.refs },
    });
  }
  if (chosen.kind === 'commit' && (await reader.hasCommit(repository, chosen.commit, context))) {
    return { ref: null, commit: chosen.commit };
  }
  const { problem, hint } =
    chosen.kind === 'missing'
      ? chosen
      : { problem: `has no commit ${chosen.commit}`, hint: 'Check `gitRef`; a commit must have been pushed.' };
  throw coreError({
    code: 'SOURCE_REF_UNKNOWN',
    kind: 'refused',
    message: `${repository} ${problem}.`,
    hint: `${hint} Nothing was changed.`,
    details,
  });
}

/**
 * What a plan says of an image that is built: whether it is there already, as the observation has it, and what sindri.lock remembers.
 * Rejects with `IMAGE_LOCKED`.
 */
export async function describeBuild(
  spec: BuiltSpec,
  provider: Provider,
  policy: ImagePolicy | null,
  observation: Observation,
): Promise<SettledImage> {
  const { repository: from, gitRef, resolved } = spec.buildFromSource;
  const builds = requireBuilds(provider);
  const { tag, ref, commit } = resolved as NonNullable<SourceSpec['resolved']>;
  const repository = callProviderNow(provider, 'builds.repository', () => builds.repository(spec));
  const digest = callProviderNow(provider, 'builds.digest', () => builds.digest(spec, observation));
  const asked = `${from} ${gitRef ?? 'newest release'}`;
  const frozen = policy?.frozen ?? false;
  const lock = await readLocked(policy);
  if (digest === null && frozen) {
    throw coreError({
      code: 'IMAGE_LOCKED',
      kind: 'policy',
      message: `The image of ${from} at commit ${commit} must be built, and with --frozen only what is in sindri.lock may be deployed.`,
      hint: 'Deploy once without --frozen, and commit sindri.lock. Nothing was changed.',
      details: { asked, commit },
    });
  }
  const former = digest === null ? null : checkLock(lock, { asked, repository, tag, digest }, { frozen });
  const message = (text: string): PlanNote => ({ level: 'info', code: 'IMAGE_FROM_SOURCE', message: text });
  const what = `${from}, ${ref === null ? '' : `${shortName(ref)}, `}commit ${commit}`;
  const notes = [
    message(
      digest === null
        ? `The image is built from ${what}.`
        : `The image was built before from ${what}: ${repository}:${tag} is used again, and nothing is built.`,
    ),
    ...(former === null
      ? []
      : [
          {
            level: 'info' as const,
            code: 'IMAGE_CHANGED',
            message: `The image is another than at the last deploy, when it was ${former.reference}.`,
          },
        ]),
  ];
  const image = { asked, origin: 'source' as const, repository, tag, digest, verification: 'not-asked' as const };
  return { spec, image: { ...image, source: { repository: from, ref, commit } }, notes };
}
