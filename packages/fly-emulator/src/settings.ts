/** How long things take, in milliseconds of the emulator's clock. Zero means: as soon as possible. */
export interface Latency {
  /** From `created` until the main process of a new machine is started. */
  createMs: number;
  /** From `starting` to `started`, cold. */
  startMs: number;
  /** From `starting` to `started`, out of a suspend snapshot. */
  resumeMs: number;
  stopMs: number;
  suspendMs: number;
  /** How long `replacing` lasts. */
  updateMs: number;
  destroyMs: number;
  /** How long a machine is `started` at least, however soon its program ends by itself. */
  shortestRunMs: number;
  /** Pause before a machine that crashed is started again. */
  restartMs: number;
  /** How long a start is still refused after the state has become `stopped`. */
  stillActiveMs: number;
  /** How long a snapshot, a restore or a fork takes. */
  volumeMs: number;
  /** How long the image installs extensions at the first boot, where it is told to. Time in suspend does not count. Simulated machines only. */
  installMs: number;
  /** How long a builder builds, beside fetching the source. */
  buildMs: number;
}

export const NO_LATENCY: Latency = {
  createMs: 0,
  startMs: 0,
  resumeMs: 0,
  stopMs: 0,
  suspendMs: 0,
  updateMs: 0,
  destroyMs: 0,
  shortestRunMs: 0,
  restartMs: 0,
  stillActiveMs: 0,
  volumeMs: 0,
  installMs: 0,
  buildMs: 0,
};

/** What an organisation may use. Absent = no limit. */
export interface Quotas {
  /** Memory of all machines of one organisation in one region, in MB. */
  memoryMbPerRegion?: number;
  /** Machines of one organisation. */
  machines?: number;
}

/** What can be chosen about the platform's behaviour. */
export interface Settings {
  latency: Latency;
  quotas: Quotas;
  /**
   * What becomes of a suspend above 2 GB of memory, which Fly discourages: `suspend` (public apps report that it
   * works) or `stop` (the fallback Fly documents).
   */
  suspendAbove2Gb: 'suspend' | 'stop';
  /** Whether the edge leaves a machine alone that somebody has the lease of. On Fly autostop was seen to overlap with leases. */
  autostopHeedsLeases: boolean;
  /** How long a deleted volume stays in `pending_destroy`. */
  volumeRetentionMs: number;
  /**
   * What becomes of an app in an organization that nobody has made: `refused`, as Fly does, or `made` with the app, so that everybody's config
   * can be tried here.
   */
  unknownOrganizations: 'refused' | 'made';
  /** How a sign-in through the browser ends: with a code that is redeemed, or, as older servers had it, by asking again. */
  signIn: 'code' | 'poll';
}

export const DEFAULT_SETTINGS: Settings = {
  latency: NO_LATENCY,
  quotas: {},
  suspendAbove2Gb: 'suspend',
  autostopHeedsLeases: true,
  volumeRetentionMs: 24 * 3_600_000,
  unknownOrganizations: 'refused',
  signIn: 'code',
};
