import type { OperationContext } from './context.js';

/** What must be true of an image before it is used: who signed it, and who built it. */
export interface ImageVerification {
  /** It must carry a valid signature. */
  signature: boolean;
  /** It must carry a valid statement of where it was built (SLSA provenance). */
  provenance: boolean;
  /** A regular expression that the whole identity of the signer must match, `null` = Sindri's own release workflows. */
  identity: string | null;
  /** Who vouches for the signer, exactly. `null` = GitHub Actions. */
  issuer: string | null;
}

/** Who signed an image, by the certificate of the signature. */
export interface ImageSigner {
  /** `https://github.com/pacphi/sindri/.github/workflows/release-v3.yml@refs/tags/v3.1.3`. */
  identity: string;
  /** `https://token.actions.githubusercontent.com`. */
  issuer: string;
}

/** What was found to be true of an image. */
export interface VerifiedImage {
  /** `null` when no signature was asked for. */
  signer: ImageSigner | null;
  /** `null` when no provenance was asked for. What the statement does not say is `null`. */
  provenance: { builder: string | null; source: string | null; signer: ImageSigner } | null;
}

/** The image of a plan: what the config asks for, and what that is. */
export interface PlannedImage {
  /** `ghcr.io/pacphi/sindri ^3.0.0`, `ghcr.io/pacphi/sindri:3`. */
  asked: string;
  /** Whether the config names it, the provider has chosen it for a config that names none, or it is built from source. */
  origin: 'config' | 'default' | 'source';
  repository: string;
  /** The tag that was asked for or found, `null` for an image that the config names by its digest. */
  tag: string | null;
  /** `sha256:…`: this is what was verified and what is deployed. `null` for one that exists on the platform only, or is still to be built. */
  digest: string | null;
  /** `not-asked` = the config wants none; `skipped` = it does, and somebody said otherwise on the command line. */
  verification: 'verified' | 'skipped' | 'not-asked';
  /** With `verified`. */
  verified?: VerifiedImage;
  /** With the origin `source`: the repository, the ref (`null` for a commit that was named itself) and the commit. */
  source?: { repository: string; ref: string | null; commit: string };
}

/** What a registry has under a reference. */
export interface FoundImage {
  /** `sha256:…` of the index or the manifest. */
  digest: string;
}

/** What a source of images may use: that of the operation, and how the platform signs in to a registry of its own. */
export interface ImageContext extends OperationContext {
  /** Asked before the user's own credentials. */
  readonly credentials?: (host: string) => Promise<{ username: string; password: string } | null>;
}

/**
 * Where a host gets to know images: registries. Core resolves by it and knows no network itself; `@sindri/oci` makes one
 * (`createImageSource`). Every method rejects rather than guesses.
 */
export interface ImageSource {
  /** All tags of a repository such as `ghcr.io/pacphi/sindri`. */
  tags(repository: string, context: ImageContext): Promise<string[]>;
  /**
   * What a reference with a tag leads to now. With `platform` (`linux/amd64`) it must run there. With `publicly` everybody must be able to
   * read it, or at least {@link ImageContext.credentials}: what only the user's own credentials lead to rejects with `IMAGE_PRIVATE` and
   * that hint.
   */
  find(
    request: { reference: string; platform?: string; publicly?: { hint: string } },
    context: ImageContext,
  ): Promise<FoundImage>;
  /** Proves what is asked about `repository@digest`, or rejects with kind `policy`. */
  verify(
    request: { repository: string; digest: string; wanted: ImageVerification },
    context: ImageContext,
  ): Promise<VerifiedImage>;
}
