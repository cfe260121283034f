import type * as core from '@sindri/core';
import type { ContainerFacts, Engine, VolumeFacts } from '@sindri/docker-engine';
import type { DockerOptions } from './options.js';
import type { Settings } from './settings.js';

/** What is known of the environment's container. */
export interface ContainerData extends Omit<ContainerFacts, 'labels' | 'limits'> {
  /** Made for an environment that sleeps, and not to be started yet. */
  asleep: boolean;
  /** What it was made from, with what the engine can change in place as it is now; `null` when another tool made it. */
  settings: Settings | null;
}

/** The container of an environment, and its engine. */
export interface Place {
  environment: string;
  engine: Engine;
  container: ContainerData;
}

/** What is known of a volume: a home, the one before a restore, a snapshot, or one with secrets in it. */
export interface VolumeData extends VolumeFacts {
  role: 'home' | 'snapshot' | 'secrets';
  /** Of one that keeps secrets: which. */
  kept: core.SecretsThere['kept'];
}

/** What `apply` needs to know. */
export interface Payload {
  settings?: Settings;
  /** The container that the plan was made for. */
  container?: string;
  asleep?: boolean;
  /** A copy: from which volume to which; a snapshot gets its name when it is made. */
  from?: string;
  generation?: number;
  /** What is kept of secrets from now on. */
  secrets?: core.SecretsUpdate;
  /** A key to let in, or to take out. */
  key?: { publicKey: string; comment: string } | { fingerprint: string };
}

/** The shapes of this provider's own data. */
export interface DockerShapes extends core.ProviderShapes {
  options: DockerOptions;
  data: ContainerData | VolumeData | { network: string };
  /** The image that is wanted, when the engine has it; and whether it is Podman, which changes no container in place. */
  facts: {
    /** What was looked for among the engine's images, and its id there. */
    reference: string;
    image: string | null;
    isPodman: boolean;
  };
  payload: Payload;
  result: { id?: string };
}

export type Seen = core.Observation<DockerShapes['data'], DockerShapes['facts']>;
export type Resource<Data extends DockerShapes['data'] = DockerShapes['data']> = core.ObservedResource<Data>;
export type DockerChange = core.Change<Payload>;
export type DockerApply = core.ApplyContext<DockerShapes>;
