/** A place where a platform runs environments. */
export interface PlatformRegion {
  /** What the config takes: `sjc`. */
  code: string;
  /** `San Jose`. */
  name: string;
  /** A part of the world, for people: `West Coast US`. `null` = the provider does not tell. */
  area: string | null;
  /** From whoever asks, as the platform guesses where that is. `null` = nobody knows. */
  distanceKm: number | null;
  /** Whether a machine of usual size finds room there now. `null` = nobody knows. */
  room: boolean | null;
}
