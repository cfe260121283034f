import type { JsonObject } from '../model/json.js';

/** What of a config depends on the provider. Every member that is absent is left out of the config. */
export interface SampleConfig {
  /** `deployment.image`. */
  image?: string;
  /** `deployment.resources.memory`: `2GB`. */
  memory?: string;
  /** `deployment.resources.cpus`. */
  cpus?: number;
  /** `deployment.volumes.workspace.size`: `30GB`. */
  volume?: string;
  /** `providers.<name>`. */
  options?: JsonObject;
}
