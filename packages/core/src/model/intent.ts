/** The environment as the config describes it. */
export interface DeployIntent {
  intent: 'deploy';
}

/** No environment at all, except for what `keep` names. */
export interface DestroyIntent {
  intent: 'destroy';
  /** Resource types to leave in place, such as `volume`. */
  keep?: readonly string[];
}

/** A larger volume, whatever the config says about its size. */
export interface ExtendVolumeIntent {
  intent: 'volume.extend';
  /** The size it is to have, in GB; never smaller than what is there. */
  sizeGb: number;
  /** The name of the volume at the provider; absent = the only one, or that of the workspace. */
  volume?: string;
}

/**
 * What somebody wants changed. A provider plans it, core applies the plan: there is no other road to a write. Every provider
 * plans `deploy` and `destroy`; the others come with the capability that names them.
 */
export type Intent = DeployIntent | DestroyIntent | ExtendVolumeIntent;

/** The discriminant of {@link Intent}, and `intent` of a plan. */
export type IntentName = Intent['intent'];

/** A capability that brings intents of its own; `plan` must know each of them. */
export interface IntentCapability<Name extends IntentName> {
  readonly intents: readonly Name[];
}
