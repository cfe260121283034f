/** How long things may take. Milliseconds unless the name says otherwise. */
export const timing = {
  /** Short, so that a client that dies blocks nobody for long; a held lease is refreshed. */
  leaseTtlSeconds: 15,
  leaseRefreshMs: 5_000,
  /** Whoever is done by then saves the request; nobody else waits for so short a time. */
  leaseAnnounceMs: 1_000,
  leasePollMs: 1_000,
  /** Pause between two looks at a machine that should be getting somewhere. */
  watchMs: 1_000,
  /** How long what Fly has just begun is waited for before somebody looks why it takes so long. */
  beganMs: 20_000,
  /** How long an update may stay `replacing`, and a start be refused because of it: a cold image took up to 98 s. */
  settleMs: 5 * 60_000,
  settlePauseMs: 200,
  /** Right after its machine was destroyed a volume may count as taken; 180 s were seen. */
  volumeFreeMs: 200_000,
  volumePauseMs: 3_000,
  /** How long to wait until a snapshot is written; it goes on by itself. */
  snapshotMs: 5 * 60_000,
  snapshotPauseMs: 2_000,
  /** How long Fly may take to fill a volume from a snapshot. */
  restoreMs: 15 * 60_000,
  /** A large image is pulled before the first start. */
  startMs: 10 * 60_000,
  /** The image prepares the home directory before it starts sshd; on a big volume that takes minutes. */
  sshMs: 5 * 60_000,
  /** How long the main process may take to end after SIGTERM. */
  stopGraceMs: 10_000,
  stopMs: 60_000,
  suspendMs: 60_000,
  goneMs: 60_000,
  /** How long another deploy may take from the app to the mark on it: that is its next request. */
  markMs: 10_000,
  /** Pause between two looks at a builder and its log, at first and once it has been at it for a while. */
  buildPauseMs: 400,
  longestBuildPauseMs: 3_000,
  /** How long a registry may not show what was just pushed: 15 s were seen. */
  pushedMs: 60_000,
  /** What of a build is deleted after a cancel must be gone before core stops waiting. */
  buildCleanupMs: 8_000,
  /** Clean-up after a cancel or a failure. */
  cleanupMs: 5_000,
  /** A machine that has just stopped refuses to start for a moment. */
  busyRetryMs: 1_000,
  busyMs: 60_000,
} as const;
