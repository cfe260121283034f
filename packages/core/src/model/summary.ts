import type { ConnectionState } from './connection.js';
import type { HeldAwake } from './hold.js';
import type { CostSummary, MonthSoFar } from './cost.js';
import type { JsonObject } from './json.js';

/** The state in words that all providers share; the platform's own word is `platformState`. */
export type EnvironmentState =
  /** Nothing that could run is there. What was kept on purpose is in {@link EnvironmentSummary.kept}. */
  | 'absent'
  /** Half made or half removed: a deploy, or a destroy, continues. */
  | 'incomplete'
  | 'creating'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'suspending'
  | 'suspended'
  | 'destroying'
  /** It ended by itself, or cannot start. */
  | 'failed'
  /** Nothing can be said: something that decides it could not be read. */
  | 'unknown';

/** What people want to know about an environment. */
export interface EnvironmentSummary {
  environment: string;
  provider: string;
  state: EnvironmentState;
  /** The platform's own word for the state. */
  platformState: string | null;
  /** Only when something is wrong or half done: what, in one sentence. */
  stateReason?: string;
  /** The reference that runs now, as the platform resolved it. */
  image: string | null;
  /** Where it runs: `sjc`. */
  region: string | null;
  addresses: EnvironmentAddress[];
  /** ISO 8601, `null` when unknown. */
  timestamps: {
    createdAt: string | null;
    startedAt: string | null;
    stoppedAt: string | null;
    updatedAt: string | null;
  };
  resources: { memoryMb: number | null; cpus: number | null; volumeGb: number | null };
  /** How much of it is used. Absent = the provider never tells. */
  usage?: EnvironmentUsage;
  /** `null` when the provider knows no prices. */
  cost: CostSummary | null;
  /** What happens when nobody is connected, in one sentence. `null` when nothing happens. */
  idleBehaviour: string | null;
  /** What keeps it awake now although nobody needs to be connected, see `Provider.hold`. Absent = nothing. */
  holds?: HeldAwake[];
  /** The credentials for its platform that it was given, see the intent `secrets.protect`. Absent = none, or none that end. */
  ownToken?: OwnToken;
  /**
   * What is left on purpose without being used, each as people say it, with the name or id that `volume.delete` takes
   * (`volume home_data, 30 GB`). With the state `absent`: what a destroy has left and the next deploy uses again; otherwise the
   * volumes that a restore has replaced. Absent = nothing.
   */
  kept?: string[];
  /** The volumes one by one, the one with the workspace first, those in `kept` as well. Absent = the provider does not tell them. */
  volumes?: VolumeSummary[];
  /** The machines, containers or replicas, for platforms that can have several. Absent = one, which has no name of its own. */
  instances?: InstanceSummary[];
  /** Which of the provider's connection methods can work now. Absent = nothing is known about it. */
  connections?: ConnectionState[];
  /** The provider's own ids and words, for people and scripts. */
  details: JsonObject;
}

/** What an environment uses of what it has. What nobody knows at the moment is `null`, and never zero. */
export interface EnvironmentUsage {
  /** Of the volume with the workspace. */
  volume: UsedBytes | null;
  /** Now. */
  memory: UsedBytes | null;
  /** The bill of the calendar month (UTC). */
  month: MonthSoFar | null;
}

/** A part of a whole, in bytes. */
export interface UsedBytes {
  usedBytes: number;
  totalBytes: number;
}

/** Credentials that an environment has for its own platform. */
export interface OwnToken {
  /** The name of the secret that holds them. */
  secret: string;
  /** When they stop working, ISO 8601. */
  endsAt: string;
  /** They have ended, or end so soon that it is time to renew them. */
  endsSoon: boolean;
}

/** One volume of an environment. */
export interface VolumeSummary {
  /** What `volume.delete` takes: unique among the volumes of the environment, one word. */
  id: string;
  /** The name at the provider; several may share one. */
  name: string;
  sizeGb: number | null;
  /** `null` when nobody knows, as while nothing uses it. */
  used: UsedBytes | null;
  region: string | null;
  /** The machine, container or replica that has it; `null` = nothing uses it. */
  usedBy: string | null;
  /** ISO 8601. */
  createdAt: string | null;
  /** What keeps anybody from using it now: `its host is unreachable`. */
  problem: string | null;
}

/** One of several machines, containers or replicas of an environment. */
export interface InstanceSummary {
  /** What `--instance` and the `instance` of a request take: unique within the environment. */
  name: string;
  state: EnvironmentState;
  /** The platform's own word for the state. */
  platformState: string | null;
  region: string | null;
}

/** One address of an environment, for people and scripts. */
export interface EnvironmentAddress {
  type: 'ssh' | 'http' | 'https' | 'internal' | 'external';
  value: string;
  port?: number;
  /** `dedicated IPv6, free`. */
  note?: string;
}
