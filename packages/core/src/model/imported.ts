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
