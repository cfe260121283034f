import type { EnvironmentSpec, SourceSpec } from '@sindri/core';
import type { Guest } from '../hardware/guest.js';

/** Fly's own registry. */
export const flyRegistry = 'registry.fly.io';

/** The name of the volumes that builders work on. Fly allows several of one name in an app. */
export const buildVolumeName = 'sindri_build';

/** An image that is built from source on Fly. */
export interface DesiredBuild {
  source: SourceSpec;
  distro: string | null;
  /** By its tag, whatever the digest is. Without a commit yet, under the tag `sindri-source`. */
  reference: string;
}

/** A Rust workspace is compiled: that takes CPUs, and the root file system of a machine is too small and too slow for it. */
export const builderSize: { guest: Guest; volumeGb: number; limitSeconds: number } = {
  guest: { cpuKind: 'performance', cpus: 4, memoryMb: 8192, gpu: null },
  volumeGb: 30,
  /** The machine ends by itself after this time, whoever has been watching. */
  limitSeconds: 3600,
};

/** The image of a spec that wants one built, `null` for every other. */
export function desiredBuild({
  name,
  buildFromSource,
  distro,
}: Pick<EnvironmentSpec<object>, 'name' | 'buildFromSource' | 'distro'>): DesiredBuild | null {
  if (buildFromSource === undefined) return null;
  const tag = buildFromSource.resolved?.tag ?? 'sindri-source';
  return {
    source: buildFromSource,
    distro: distro === undefined || distro === 'ubuntu' ? null : distro,
    reference: `${flyRegistry}/${name}:${tag}`,
  };
}

/** `registry.fly.io/my-app@sha256:…`. */
export function byDigest(reference: string, digest: string): string {
  return `${reference.replace(/:[^:/]*$/, '')}@${digest}`;
}
