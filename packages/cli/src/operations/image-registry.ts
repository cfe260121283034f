import type { ImageContext } from '@sindri/core';
import type { ImageDescription } from '@sindri/oci';
import { core, oci } from '../lazy.js';
import type { Shell } from '../shell.js';
import { openFor, stateDirFor, type OpenRequest } from './open.js';
import { coreError } from '../error.js';

export interface ImageListResult {
  schema: 'sindri.image-list/1';
  repository: string;
  /** With a full version first, the highest first; then the others by name. */
  tags: { tag: string; /** `null` for a tag that moves. */ version: string | null }[];
}

export interface ImageInspectResult {
  schema: 'sindri.image-inspect/1';
  image: ImageDescription;
}

/** Every tag of a repository: that of the config, or the one that is named. */
export async function listImages(
  shell: Shell,
  request: OpenRequest & { repository?: string | undefined },
): Promise<ImageListResult> {
  const repository = request.repository ?? repositoryOf(await imageOf(shell, request));
  const tags = await oci().createImageSource().tags(repository, contextOf(shell, request));
  return { schema: 'sindri.image-list/1', repository, tags: oci().sortTags(tags) };
}

/** What a registry says of one image. */
export async function inspectImage(
  shell: Shell,
  request: OpenRequest & { reference?: string | undefined },
): Promise<ImageInspectResult> {
  const reference = request.reference ?? (await imageOf(shell, request));
  const image = await oci().createImageSource().inspect(reference, contextOf(shell, request));
  return { schema: 'sindri.image-inspect/1', image };
}

/** What the config names: the reference, or the repository that a version is chosen from. */
async function imageOf(shell: Shell, request: OpenRequest): Promise<string> {
  const { spec, provider } = await openFor(shell, request);
  const named = spec.image?.reference ?? spec.image?.request?.registry ?? provider.images?.defaultImage?.(spec);
  if (named !== undefined && named !== null) return named;
  throw coreError({
    code: 'USAGE',
    kind: 'usage',
    message: 'Which image? The config names none.',
    hint: 'Name one: `sindri image inspect ghcr.io/pacphi/sindri:3`',
  });
}

function repositoryOf(reference: string): string {
  const parsed = core().parseImageReference(reference);
  return 'problem' in parsed ? reference : parsed.repository;
}

function contextOf(shell: Shell, request: OpenRequest): ImageContext {
  const { env, signal, emit, redactor } = shell;
  return {
    env,
    signal,
    emit,
    hide: redactor.add,
    clock: core().systemClock,
    random: Math.random,
    stateDir: stateDirFor(shell, request),
  };
}
