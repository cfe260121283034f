import { readReference } from '@sindri/oci';
import type { Images } from '@sindri/core';
import type { Engine, OpenEngine } from './client.js';
import { engineError } from './engine-error.js';

/** What of `GET /images/{name}/json` counts. */
interface WireImage {
  Id: string;
  RepoDigests?: string[] | null;
  Config: { Entrypoint: string[] | null; Cmd: string[] | null; User: string };
}

/** An image that an engine has. */
export interface EngineImage {
  id: string;
  /** Of the repository that it was asked for by; `null` when it was never in that registry. */
  digest: string | null;
  /** What a container of it runs: entrypoint and arguments. */
  command: string[];
  isRoot: boolean;
}

/** What the engine has under a name: built here or pulled. `null` when nothing. */
export async function findImage(engine: Engine, reference: string): Promise<EngineImage | null> {
  const found = await engine.find<WireImage>(`/images/${reference}/json`);
  if (found === null) return null;
  const { Id: id, RepoDigests, Config } = found;
  // Engines differ in how they write Docker's short forms.
  const nameOf = (text: string): string => {
    const { host, path } = readReference(text);
    return `${host}/${path}`;
  };
  const known = (RepoDigests ?? []).map((text) => text.split('@') as [string, string?]);
  const [, digest = null] = known.find(([name]) => !name.startsWith('<') && nameOf(name) === nameOf(reference)) ?? [];
  const command = [...(Config?.Entrypoint ?? []), ...(Config?.Cmd ?? [])];
  return { id, digest, command, isRoot: /^(root|0)?(:|$)/.test(Config?.User ?? '') };
}

/** The same, where it has been pulled before. Throws `DOCKER_IMAGE_MISSING`. */
export async function requireImage(engine: Engine, reference: string): Promise<EngineImage> {
  const found = await findImage(engine, reference);
  if (found !== null) return found;
  const message = `The engine has no image ${reference} any more.`;
  throw engineError('DOCKER_IMAGE_MISSING', 'refused', message, 'Run the command again: it is pulled.');
}

/** For a provider's `images`: what the engine has under a name it uses, and the rest it fetches. */
export function presentIn(open: OpenEngine): NonNullable<Images['present']> {
  return async (reference, _spec, context) => {
    const found = await findImage(await open(context), reference);
    return found && { digest: found.digest };
  };
}
