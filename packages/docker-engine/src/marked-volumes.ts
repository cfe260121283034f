import type { ListedVolume } from './copy-volume.js';

/** A volume of an environment, as its labels tell it. */
export interface VolumeFacts extends Pick<ListedVolume, 'copy' | 'createdAt'> {
  /** Those of a role are numbered; the newest whole one is used. */
  generation: number;
  /** Of a copy: the volume that it was taken of. */
  of: string | null;
}

/** What the labels `generation` and `of` say. */
export function volumeFacts(
  { labels, copy, createdAt }: ListedVolume,
  labelOf: (name: 'generation' | 'of') => string,
): VolumeFacts {
  return { generation: Number(labels[labelOf('generation')] ?? 1), of: labels[labelOf('of')] ?? null, copy, createdAt };
}

/** By their generations. */
export function newestFirst<Volume extends { data?: VolumeFacts }>(volumes: readonly Volume[]): Volume[] {
  return [...volumes].sort((a, b) => (b.data?.generation ?? 0) - (a.data?.generation ?? 0));
}
