import type { ImageSource } from '@sindri/core';
import { oci } from './lazy.js';

/** Images in registries. What asks them is loaded with the first question: most commands ask none. */
export function registries(): ImageSource {
  let source: ImageSource | null = null;
  const loaded = (): ImageSource => (source ??= oci().createImageSource());
  return {
    tags: (repository, context) => loaded().tags(repository, context),
    find: (request, context) => loaded().find(request, context),
    verify: (request, context) => loaded().verify(request, context),
  };
}
