import type { OperationContext } from './context.js';
import type { JsonObject } from './json.js';

/** What exists at a platform, or stands in a file of the platform's own, as a config. */
export interface ImportedConfig {
  /**
   * A `sindri.yaml` as JSON: keys in camelCase, without `version`. It names everything that differs from what holds without it, so that
   * a plan over what was imported is empty. No secret values: secrets are named only.
   */
  config: JsonObject;
  /** What it does not say of what was there. Empty = nothing. */
  remarks: ImportRemark[];
}

/** Something that a config cannot say. */
export interface ImportRemark {
  /** What it is about, in the platform's words: `env.PORT`, `deploy.release_command`. */
  subject: string;
  /** `stays`: a deploy leaves it alone; `changes`: a deploy changes it; `lost`: what is made from the config has it not. */
  effect: 'stays' | 'changes' | 'lost';
  /** One sentence without secret values. */
  message: string;
}

/** How a config is made of what exists. At least one of `fromFile` and `fromPlatform` is present. */
export interface Import {
  /** Names of the files that `fromFile` reads, without directories: `fly.toml`. Present with it. */
  readonly files?: readonly string[];
  /** Of a file of the platform's own. Pure. Throws with kind `usage` for one that cannot be read, and names the place. */
  fromFile?(file: ImportFile): ImportedConfig;
  /**
   * Of what the platform has under this name, with our mark or without. Read-only, and wakes nothing. A plan over the config is
   * empty, except for what `remarks` says. Rejects with kind `refused` when there is nothing of the name, or no one thing that it could be.
   */
  fromPlatform?(name: string, context: OperationContext): Promise<ImportedConfig>;
}

/** A file that somebody wants to import. */
export interface ImportFile {
  /** Without directories. */
  name: string;
  text: string;
}
