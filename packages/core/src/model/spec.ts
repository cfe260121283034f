import type { ImageVerification } from './image.js';
import type { JsonObject } from './json.js';
import type { SourceSpec } from './source.js';

/**
 * What one `sindri.yaml` asks for, after interpolation, dialects, validation and defaults. Numbers are in MB and GB
 * (binary: 1 GB = 1024 MB). JSON, and free of secret values.
 */
export interface EnvironmentSpec<Options extends object = JsonObject> {
  /** Names the environment at its provider. `^[a-z][a-z0-9-]*$`, at most 63 characters. */
  name: string;
  /** The provider's name, `deployment.provider`. */
  provider: string;
  image: ImageSpec | null;
  /** The distribution of Sindri's own images, `deployment.distro`. Absent = ubuntu. */
  distro?: 'ubuntu' | 'fedora' | 'opensuse';
  /** Present when the image is to be built from Sindri's repository, which wins over {@link EnvironmentSpec.image}. */
  buildFromSource?: SourceSpec;
  resources: ResourceSpec;
  /** The persistent home of the developer: the home of the image's user, wherever the image has it. */
  workspace: WorkspaceSpec;
  extensions: ExtensionsSpec;
  /**
   * In the order of the file. Values are resolved apart, see {@link SecretBundle}. Inside they are environment variables of
   * every process, or files where {@link SecretSpec.file} says so.
   */
  secrets: SecretSpec[];
  /** `providers.<provider>`, keys in camelCase, the schema's defaults filled in. */
  options: Options;
  /** Where each value came from, by JSON path of the *file* (`deployment.resources.memory`). Absent = a default. */
  origins: Record<string, SourcePosition>;
  /** Absolute directory of the config file: relative paths in the config start here. */
  baseDir: string;
}

/** Where something was written; line and column count from 1. */
export interface SourcePosition {
  file: string;
  line: number;
  column: number;
}

/** The image that the config asks for: named outright, or to be found. */
export interface ImageSpec {
  /**
   * From `deployment.image`, or composed from `image_config` when it names a digest or an exact tag. When a deploy is planned and the host
   * resolves images: `repository@sha256:…`, whatever the config says.
   */
  reference: string | null;
  /** The floating request of `deployment.image_config`, for whoever resolves versions. */
  request: ImageRequest | null;
  pullPolicy: 'Always' | 'IfNotPresent' | 'Never' | null;
  /** What must be proven of it, with `image_config`. Absent = nothing. */
  verification?: ImageVerification;
}

/** An image that still has to be found: a version range and what must be verified about it. */
export interface ImageRequest {
  /** Full repository, such as `ghcr.io/pacphi/sindri`. */
  registry: string;
  /** A version range, `null` for the newest stable. */
  version: string | null;
  strategy: 'semver' | 'latest-stable' | 'pin-to-cli' | 'explicit';
  allowPrerelease: boolean;
  verifySignature: boolean;
  verifyProvenance: boolean;
  certificateIdentity: string | null;
  certificateOidcIssuer: string | null;
}

/** How large the environment is, as far as the config says. */
export interface ResourceSpec {
  /** `null` = the provider's default. */
  memoryMb: number | null;
  /** Fractions are possible; a provider that has none refuses them in `validate`. */
  cpus: number | null;
  gpu: GpuSpec | null;
}

/** The GPU that the config asks for. */
export interface GpuSpec {
  tier: 'gpu-small' | 'gpu-medium' | 'gpu-large' | 'gpu-xlarge' | null;
  type: 'nvidia' | 'amd';
  count: number;
  /** Minimum VRAM. */
  memoryMb: number | null;
}

/** The volume that keeps the home directory, as far as the config says. */
export interface WorkspaceSpec {
  /** `null` = the provider's default. Fractions are possible (512MB is 0.5). */
  sizeGb: number | null;
  /** Where the workspace is inside the environment, `null` = the image's default. */
  path: string | null;
}

/** What is installed inside: a profile and additions to it, or a list (`active`). */
export interface ExtensionsSpec {
  profile: string | null;
  active: string[];
  additional: string[];
  autoInstall: boolean;
}

/** Where the value of a secret comes from; never the value itself. */
export interface SecretSpec {
  name: string;
  source: 'env' | 'file' | 'vault' | 's3';
  required: boolean;
  /** Whether an empty value of an `env` secret is one. Default: it counts as unset. */
  allowEmpty?: boolean;
  /** Last resort of an `env` secret: a file whose text is the value. As written, `~` not expanded. */
  fromFile?: string;
  /** For `file`: where it appears in the environment, and its mode there. Its value is the file's bytes in base64. */
  file?: { mountPath: string; mode: number };
  /** Everything else the entry says (`path`, `vaultPath`, …). */
  settings: JsonObject;
}

/** A secret that was found. The value is not in here. */
export interface SecretInfo {
  name: string;
  /** Where the value was found, for people: `environment`, `.env.local`, `~/.ssh/id_ed25519.pub`. */
  origin: string;
  /**
   * Equal for equal values of this secret in this environment, and slow to guess from (scrypt). Not reversible, yet never
   * shown to people.
   */
  fingerprint: string;
  /** Where it is really from, when that is outside of the project and holds more than public keys: a file, a vault. */
  outside?: string;
  /** Whether there is a private key in it. */
  privateKey?: boolean;
  /** What the provider has read from the value and may be shown, see `Provider.inspectSecret`. */
  facts?: JsonObject;
}

/** The secrets of one environment, resolved. Values leave it only through {@link SecretBundle.reveal}. */
export interface SecretBundle {
  /** Sorted by name. */
  readonly entries: readonly SecretInfo[];
  /** The value of a secret in {@link SecretBundle.entries}; throws for any other name. */
  reveal(name: string): string;
}
