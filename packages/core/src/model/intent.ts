/** The environment as the config describes it. */
export interface DeployIntent {
  intent: 'deploy';
  /**
   * Take over what has the names of this environment and does not carry its mark: made by another tool, or by hand. Without it
   * such a thing is refused. The plan shows what is taken over as changes with the action `adopt`.
   */
  adopt?: boolean;
}

/** No environment at all, except for what `keep` names. */
export interface DestroyIntent {
  intent: 'destroy';
  /** Resource types to leave in place, such as `volume`. */
  keep?: readonly string[];
  /** As in {@link DeployIntent}: also delete what does not carry our mark. */
  adopt?: boolean;
}

/** A larger volume, whatever the config says about its size. */
export interface ExtendVolumeIntent {
  intent: 'volume.extend';
  /** The size it is to have, in GB; never smaller than what is there. */
  sizeGb: number;
  /** The name of the volume at the provider; absent = the only one, or that of the workspace. */
  volume?: string;
}

/** A volume less, with what is on it. Never one that the environment uses: only what a restore or a destroy has left. */
export interface DeleteVolumeIntent {
  intent: 'volume.delete';
  /** The name or id of the volume at the provider. */
  volume: string;
}

/** A copy of a volume as it is at this moment. Does not stop what runs. */
export interface CreateSnapshotIntent {
  intent: 'snapshot.create';
  /** The name of the volume at the provider; absent = the only one, or that of the workspace. */
  volume?: string;
}

/**
 * What a snapshot holds takes the place of what is on the volume now. It is a new volume: the one that was used before stays, is told in
 * the summary as kept, and goes with `volume.delete`. A running environment is restarted, a sleeping one stays asleep.
 */
export interface RestoreSnapshotIntent {
  intent: 'snapshot.restore';
  /** {@link VolumeSnapshot.id}. */
  snapshot: string;
}

/** One snapshot less. */
export interface DeleteSnapshotIntent {
  intent: 'snapshot.delete';
  /** {@link VolumeSnapshot.id}. */
  snapshot: string;
}

/** One more SSH key that may log in, from now on and after the next start, without a restart. */
export interface AdmitKeyIntent {
  intent: 'key.admit';
  /** `type base64`, without options. */
  publicKey: string;
  /** Whose it is, for people: `me@laptop`. */
  comment?: string;
}

/** One SSH key less. */
export interface RemoveKeyIntent {
  intent: 'key.remove';
  /** `SHA256:…`, of a key in the list of `keys`. */
  fingerprint: string;
}

/**
 * Secrets set and removed beside the config, in one act. The values are given apart, see `PlanOptions.secretValues`. A deploy leaves alone
 * what the config does not name.
 */
export interface SetSecretsIntent {
  intent: 'secrets.set';
  /** Sorted names that get a value. */
  set: readonly string[];
  /** Sorted names that are removed; one that is not there is nothing to do. */
  unset: readonly string[];
  /** Only keep them at the provider: what runs goes on with what it has until a `secrets.deploy`. */
  stage?: boolean;
}

/** What runs, or sleeps, gets the secrets as they are now. */
export interface DeploySecretsIntent {
  intent: 'secrets.deploy';
}

/**
 * The environment gets credentials of its own for the platform it is on, which reach nothing else and end by themselves: for what inside
 * it has to speak to the platform. Once more = new ones.
 */
export interface ProtectIntent {
  intent: 'secrets.protect';
  /** How long they work. Absent = as the provider thinks fit. */
  days?: number;
}

/**
 * What somebody wants changed. A provider plans it, core applies the plan: there is no other road to a write. Every provider
 * plans `deploy` and `destroy`; the others come with the capability that names them.
 */
export type Intent =
  | DeployIntent
  | DestroyIntent
  | ExtendVolumeIntent
  | DeleteVolumeIntent
  | CreateSnapshotIntent
  | RestoreSnapshotIntent
  | DeleteSnapshotIntent
  | AdmitKeyIntent
  | RemoveKeyIntent
  | SetSecretsIntent
  | DeploySecretsIntent
  | ProtectIntent;

/** The discriminant of {@link Intent}, and `intent` of a plan. */
export type IntentName = Intent['intent'];

/** A capability that brings intents of its own; `plan` must know each of them. */
export interface IntentCapability<Name extends IntentName> {
  readonly intents: readonly Name[];
}
