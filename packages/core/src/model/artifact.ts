/** A file to inspect, generated from the spec alone. */
export interface Artifact {
  /** A file name, no directories. */
  name: string;
  /** `application/toml`. */
  mediaType: string;
  content: string;
}
