import type { SourceReader } from '@sindri/core';
import { git } from './lazy.js';

/** Git repositories. What reads them is loaded with the first question: only a build from source asks one. */
export function gitRepositories(): SourceReader {
  let reader: SourceReader | null = null;
  const loaded = (): SourceReader => (reader ??= git().createSourceReader());
  return {
    refs: (repository, context) => loaded().refs(repository, context),
    hasCommit: (repository, commit, context) => loaded().hasCommit(repository, commit, context),
  };
}
