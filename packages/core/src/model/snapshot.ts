/** A copy of a volume at one moment, kept by the platform. */
export interface VolumeSnapshot {
  /** What `snapshot.restore` and `snapshot.delete` take: unique among the snapshots of the environment. */
  id: string;
  /** The name of the volume that it was taken of. */
  volume: string;
  /** ISO 8601, `null` when the platform does not tell. */
  createdAt: string | null;
  /** What is stored, in GB; `null` when the platform does not tell. */
  sizeGb: number | null;
  /** Only from `ready` can be restored. */
  state: 'pending' | 'ready' | 'failed';
  /** When the platform deletes it by itself, ISO 8601; `null` = never, or unknown. */
  expiresAt: string | null;
}
