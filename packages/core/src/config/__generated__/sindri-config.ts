// Generated from schemas/sindri.schema.json by scripts/generate-types.mjs (npm run generate). Do not edit.

export type Size = string | number;
export type ExtensionName = string;

/**
 * One development environment: where it runs, what it needs, what is in it. Every key may also be written in snake_case.
 */
export interface SindriConfig {
  /**
   * Where an editor finds this schema. Sindri does not read it.
   */
  $schema?: string;
  /**
   * The dialect of this file, in quotes. They differ in one thing: without `extensions.profile` and `extensions.active`, "1.0" installs the profile `minimal` and "3.0" installs nothing. Without this key a file is read as "3.0".
   */
  version?: '1.0' | '3.0';
  /**
   * The environment's name at its provider (on Fly: the app, unique among everybody's). Default: the name of the directory.
   */
  name?: string;
  deployment: Deployment;
  extensions?: Extensions;
  /**
   * Values that the environment gets but this file does not contain.
   */
  secrets?: Secret[];
  /**
   * Options of each provider, by its name. Only those of `deployment.provider` are used.
   */
  providers?: {
    /**
     * The options of a provider that is not installed here. Not checked.
     */
    [k: string]: {
      [k: string]: unknown;
    };
  };
}
/**
 * Where the environment runs (`provider: fly`), from which image, and with how much of everything.
 */
export interface Deployment {
  /**
   * The provider that makes the environment real: the name of one that is installed.
   */
  provider: string;
  /**
   * The Linux distribution of Sindri's own images. Default: ubuntu.
   */
  distro?: 'ubuntu' | 'fedora' | 'opensuse';
  /**
   * The image to run. `imageConfig` wins when both are given.
   */
  image?: string;
  imageConfig?: ImageConfig;
  buildFromSource?: BuildFromSource;
  resources?: Resources;
  gpu?: Gpu;
  /**
   * What survives when the environment stops.
   */
  volumes?: {
    workspace?: Workspace;
  };
}
/**
 * An image chosen by rules. The first of these decides: `digest`, `tagOverride`, `version`, the newest stable version.
 */
export interface ImageConfig {
  /**
   * The full repository, without a tag.
   */
  registry: string;
  /**
   * A version range. With the strategy `explicit`: the tag itself.
   */
  version?: string;
  /**
   * Exactly this tag, whatever `version` says.
   */
  tagOverride?: string;
  /**
   * Exactly this image, whatever `tagOverride` and `version` say.
   */
  digest?: string;
  /**
   * How `version` becomes a tag: the highest one in the range, the newest stable one, the one of this command line's own version, or `version` as it stands.
   */
  resolutionStrategy?: 'semver' | 'latest-stable' | 'pin-to-cli' | 'explicit';
  /**
   * Whether a version range may choose a prerelease.
   */
  allowPrerelease?: boolean;
  /**
   * Whether the image must carry a valid signature.
   */
  verifySignature?: boolean;
  /**
   * Whether the image must carry a valid statement of where it was built.
   */
  verifyProvenance?: boolean;
  /**
   * When the provider fetches the image again. Providers that always fetch ignore it.
   */
  pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /**
   * Who must have signed the image, as a regular expression. Default: Sindri's own release workflow.
   */
  certificateIdentity?: string;
  /**
   * Who vouches for the signer. Default: `https://token.actions.githubusercontent.com`.
   */
  certificateOidcIssuer?: string;
}
/**
 * Build Sindri's image from its repository instead of fetching one.
 */
export interface BuildFromSource {
  /**
   * Wins over `image` and `imageConfig`.
   */
  enabled?: boolean;
  /**
   * Branch, tag, or all 40 digits of a commit, also of one on no branch. Default: the newest stable release, a tag like `v3.1.3`.
   */
  gitRef?: string;
  /**
   * The git repository: Sindri's, or a fork of it.
   */
  repository?: string;
}
/**
 * Memory, CPUs and GPUs. The provider has limits of its own.
 */
export interface Resources {
  memory?: Size;
  /**
   * Number of virtual CPUs; fractions where the provider has them.
   */
  cpus?: number;
  gpu?: Gpu;
}
/**
 * A graphics processor. Does nothing unless `enabled` is true.
 */
export interface Gpu {
  /**
   * Whether the environment gets a GPU.
   */
  enabled?: boolean;
  /**
   * A size that each provider translates into its own hardware.
   */
  tier?: 'gpu-small' | 'gpu-medium' | 'gpu-large' | 'gpu-xlarge';
  /**
   * The maker.
   */
  type?: 'nvidia' | 'amd';
  /**
   * How many.
   */
  count?: number;
  memory?: Size;
}
/**
 * The volume that holds the developer's home.
 */
export interface Workspace {
  size?: Size;
  /**
   * Where the workspace is inside the environment.
   */
  path?: string;
}
/**
 * What is installed in the environment: a profile (and more), or a list of your own.
 */
export interface Extensions {
  /**
   * A named set of extensions. Not together with `active`.
   */
  profile?: string;
  /**
   * Exactly these extensions. Not together with `profile` or `additional`.
   */
  active?: ExtensionName[];
  /**
   * Extensions on top of `profile`.
   */
  additional?: ExtensionName[];
  /**
   * Whether the extensions are installed at the first start.
   */
  autoInstall?: boolean;
}
export interface Secret {
  /**
   * The name of the secret, and of the variable that holds it.
   */
  name: string;
  /**
   * Where the value comes from: `env`, `file`, `vault` or `s3`. `env`: the variable of that name in the shell, then in `.env.local`, then in `.env` beside this file, then the file `fromFile`.
   */
  source: 'env' | 'file' | 'vault' | 's3';
  /**
   * Whether a missing value stops everything. Otherwise the secret is left out. A secret that the provider cannot do without (`AUTHORIZED_KEYS` on Fly) is required unless this is `false`.
   */
  required?: boolean;
  /**
   * For `env`: whether an empty value is one. Otherwise it counts as unset.
   */
  allowEmpty?: boolean;
  /**
   * For `env`: a file whose text is the value when no variable has one. `~` and `$VAR` are understood.
   */
  fromFile?: string;
  /**
   * For `file`: the file on this computer.
   */
  path?: string;
  /**
   * For `file`: where the file appears in the environment. Default: `/secrets/` and the name of the file.
   */
  mountPath?: string;
  /**
   * For `file`: its mode in the environment. Default: "0644"; it belongs to root there.
   */
  permissions?: string;
  /**
   * For `vault`: the path of the secret.
   */
  vaultPath?: string;
  /**
   * For `vault`: the key in that secret.
   */
  vaultKey?: string;
  /**
   * For `vault`: the mount. Default: `secret`.
   */
  vaultMount?: string;
  /**
   * For `s3`: the object's path.
   */
  s3Path?: string;
}
