import type { OperationContext } from './context.js';

/** Where an image is built from. */
export interface SourceSpec {
  /** The address of a git repository: `https://github.com/pacphi/sindri.git`. */
  repository: string;
  /** Branch, tag or commit; `null` = the newest stable release. */
  gitRef: string | null;
  /** What to build: a path in the repository. The repository's root is the context of the build. */
  dockerfile: string;
  /** What it leads to. Present when a deploy is planned, and in what `observe`, `plan` and `apply` of a deploy get. */
  resolved?: ResolvedSource;
}

/** One commit, and the image that is built from it. */
export interface ResolvedSource {
  /** `refs/heads/main`; `null` for a commit that was named by itself. */
  ref: string | null;
  /** 40 hexadecimal digits. */
  commit: string;
  /** The tag of the image, equal for equal content: `sindri-3.1.3-0123456789ab`. */
  tag: string;
  /** Whether the repository shows itself only to who brings a token, see `gitToken`. */
  isPrivate: boolean;
}

/** The branches and tags of a git repository. */
export interface GitRefs {
  /** By full name (`refs/tags/v3.1.3`, `HEAD`) the commit; an annotated tag leads to what it is a tag of. */
  refs: Readonly<Record<string, string>>;
  /** See {@link ResolvedSource.isPrivate}. */
  isPrivate: boolean;
}

/**
 * How a host gets to know git repositories. Core resolves by it and knows no network itself; `@sindri/git` makes one
 * (`createSourceReader`). Rejects with the `SOURCE_…` codes.
 */
export interface SourceReader {
  /** As `git ls-remote` lists them. */
  refs(repository: string, context: OperationContext): Promise<GitRefs>;
  /** Whether the repository has this commit, also when no ref leads to it. */
  hasCommit(repository: string, commit: string, context: OperationContext): Promise<boolean>;
}
