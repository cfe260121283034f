/** How long things of a hold take, in ms unless the name says otherwise. */
export const holdTiming = {
  /** The seed's figures: whoever dies blocks the machine for others for an hour at most. */
  leaseTtlSeconds: 3_600,
  leaseRenewMs: 30 * 60_000,
  /** Pause between two looks at a machine that should be awake. */
  lookMs: 60_000,
  /** The same while it is being updated or started, or a lost connection is to be replaced. */
  soonMs: 2_000,
  /** So long a machine may be on its way before it counts as lost. */
  backMs: 10 * 60_000,
  /** Pause between two looks at the installer. Fly allows one `exec` in a second for each machine. */
  installerMs: 5_000,
  /** An image that has shown nothing of an installer by then has none. */
  installerShowsMs: 3 * 60_000,
  execSeconds: 20,
  cleanupMs: 5_000,
} as const;
