import type { EnvironmentSpec, EnvironmentSummary, Observation } from '@sindri/core';

export function summarizeFly(spec: EnvironmentSpec, observation: Observation): EnvironmentSummary {
  return {
    environment: spec.name,
    provider: observation.provider,
    state: 'unknown',
    platformState: null,
    image: null,
    region: null,
    addresses: [],
    timestamps: { createdAt: null, startedAt: null, stoppedAt: null, updatedAt: null },
    resources: { memoryMb: null, cpus: null, volumeGb: null },
    cost: null,
    idleBehaviour: null,
    details: {},
  };
}
