import type {
  ApplyContext,
  Change,
  EnvironmentSpec,
  Observation,
  ObservedResource,
  ProviderShapes,
} from '@sindri/core';
import type { ContainerFacts } from '@sindri/docker-engine';
import type { DockerOptions } from './options.js';
import type { Settings } from './settings.js';

/** What is known of the environment's container. */
export interface ContainerData extends Omit<ContainerFacts, 'labels' | 'limits'> {
  /** Made for an environment that sleeps, and not to be started yet. */
  asleep: boolean;
  /** What it was made from, with what the engine can change in place as it is now; `null` when another tool made it. */
  settings: Settings | null;
}

/** What is known of a volume: a home, the one before a restore, or a snapshot. */
export interface VolumeData {
  role: 'home' | 'snapshot';
  /** Homes are numbered; the newest whole one is used. */
  generation: number;
  /** Of a snapshot: the volume that it was taken of. */
  of: string | null;
  /** Whether all of it is there: a copy is made by a container that stays until it has succeeded. */
  copy: 'whole' | 'running' | 'failed';
  createdAt: string | null;
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
  /** A key to let in, or to take out. */
  key?: { publicKey: string; comment: string } | { fingerprint: string };
}

/** The shapes of this provider's own data. */
export interface DockerShapes extends ProviderShapes {
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

export type Spec = EnvironmentSpec<DockerOptions>;
export type Seen = Observation<DockerShapes['data'], DockerShapes['facts']>;
export type Resource<Data extends DockerShapes['data'] = DockerShapes['data']> = ObservedResource<Data>;
export type DockerChange = Change<Payload>;
export type DockerApply = ApplyContext<DockerShapes>;
