import type { VolumeSnapshot } from '@sindri/core';

/** `Observation.facts` of this provider. */
export type FlyFacts = {
  /**
   * The keys with which this user can log in from this computer, the preferred one first. Who runs a deploy is no part of what is
   * wanted: they are spoken of in notes, and the first one goes into a first AUTHORIZED_KEYS.
   */
  identities: CallerIdentity[];
  /** Live region list, `null` when it was not asked for or could not be read (then the built-in table serves). */
  regions: { code: string; name: string; deprecated: boolean }[] | null;
  /** `FLY_ORG` and `FLY_REGION`, as they were at the look: used where the config names none. */
  defaults: { organization: string | null; region: string | null };
  /** Every other machine of the app that is not ours to manage. */
  foreignMachines: {
    id: string;
    name: string;
    state: string;
    /** At the edge; absent = none. */ ports?: PortRange[];
  }[];
  /** Those among them that carry our mark: people may name them as instances, and deploys leave them alone. */
  siblings: { id: string; name: string; state: string; region: string }[];
  /** Machines of ours whose place another has taken: they are going to be deleted. */
  replaced: {
    id: string;
    name: string;
    state: string;
    region: string;
    /** It was the second one. */
    isSecond?: true;
  }[];
  /** Volumes of the app with another name than ours: while there are any, `destroy` keeps the app. */
  foreignVolumes: { id: string; name: string; region: string; sizeGb: number }[];
  /** Builders of this environment and their volumes: what a build that was killed has left, or one that is under way. */
  builders: BuilderData[];
  buildVolumes: BuildVolumeData[];
  /** This computer has asked for the app, and does not know yet that it carries our mark. */
  askedForHere: boolean;
  /** The snapshots of our volumes, newest first; `null` when they were not asked for: only a restore needs them. */
  snapshots: FlySnapshot[] | null;
  /** A restore that this computer has begun and not seen to its end. */
  restoring: BegunRestore | null;
};

/** A key pair that this user can prove to own. */
export type CallerIdentity = {
  kind: 'file' | 'agent' | 'generated';
  /** `type base64`. */
  publicKey: string;
  path: string | null;
  comment: string | null;
};

/** From the first to the last of these TCP ports at Fly's edge. */
export type PortRange = { start: number; end: number };

/** A machine that builds, or has built. */
export type BuilderData = {
  id: string;
  name: string;
  state: string;
  createdAt: string | null;
};

/** A volume that a builder works on. */
export type BuildVolumeData = {
  id: string;
  sizeGb: number;
  attachedMachineId: string | null;
};

/** A snapshot that could be restored. */
export type FlySnapshot = {
  id: string;
  volumeId: string;
  state: VolumeSnapshot['state'];
  /** ISO 8601; `null` while it is written. */
  createdAt: string | null;
  /** The size of the volume that it was taken of; `null` when Fly does not tell. */
  volumeGb: number | null;
};

/** What is known of a restore that may not have ended. */
export type BegunRestore = {
  snapshot: string;
  region: string;
  /** The new volume; `null` = Fly has not answered. */
  volumeId: string | null;
};
