import type { Artifact, EnvironmentSpec } from '@sindri/core';

export function flyArtifacts(_spec: EnvironmentSpec): Artifact[] {
  return [];
}
