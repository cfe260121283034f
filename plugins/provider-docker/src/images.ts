import type { Images } from '@sindri/core';
import { resolveImage } from '@sindri/image-contract';
import type { OpenEngine } from '@sindri/docker-engine';
import type { DockerOptions } from './options.js';

/** How an engine comes by images: what it has under a name it uses, built here or pulled, and the rest it fetches. */
export function createImages(open: OpenEngine): Images<DockerOptions> {
  return {
    defaultImage: (spec) => resolveImage({ ...spec, image: null }).reference,
    async present(reference, _spec, context) {
      const engine = await open(context);
      const found = await engine.find<{ RepoDigests?: string[] | null }>(`/images/${reference}/json`);
      if (found === null) return null;
      const repository = inFull(reference.replace(/:[^:/]*$/, ''));
      const known = (found.RepoDigests ?? []).map((text) => text.split('@') as [string, string?]);
      const [, digest = null] = known.find(([name]) => inFull(name) === repository) ?? [];
      return { digest };
    },
  };
}

/** Docker's short forms written out, as engines differ in how they tell them. */
function inFull(repository: string): string {
  const [first = ''] = repository.split('/');
  if (repository.includes('/') && (/[.:]/.test(first) || first === 'localhost')) {
    return repository.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, 'docker.io/');
  }
  return `docker.io/${repository.replace(/^library\//, '')}`;
}
