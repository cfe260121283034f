import type { EnvironmentSpec, EnvironmentState, EnvironmentSummary, JsonObject, Observation } from '@sindri/core';

/** What people want to know. Pure: all it knows is the observation. */
export function summarizeReference(spec: EnvironmentSpec, { resources }: Observation): EnvironmentSummary {
  const machine = resources.find(({ type }) => type === 'machine');
  const volume = resources.find(({ type }) => type === 'volume');
  const settings = (machine?.data?.['settings'] ?? {}) as JsonObject;
  const state = stateOf(resources);
  return {
    environment: spec.name,
    provider: 'reference',
    state,
    platformState: (machine?.data?.['power'] as string | undefined) ?? null,
    ...(state === 'incomplete' ? { stateReason: 'There is no machine yet.' } : {}),
    image: (settings['image'] as string | undefined) ?? null,
    region: null,
    addresses:
      machine?.status === 'present' ? [{ type: 'ssh', value: `${spec.name}.reference.invalid`, port: 10_022 }] : [],
    timestamps: {
      createdAt: (machine?.data?.['createdAt'] as string | undefined) ?? null,
      startedAt: null,
      stoppedAt: null,
      updatedAt: null,
    },
    resources: {
      memoryMb: (settings['memoryMb'] as number | undefined) ?? null,
      cpus: (settings['cpus'] as number | undefined) ?? null,
      volumeGb: ((volume?.data?.['settings'] as JsonObject | undefined)?.['sizeGb'] as number | undefined) ?? null,
    },
    cost: null,
    idleBehaviour: null,
    details: { machine: (machine?.data?.['id'] as string | undefined) ?? null },
  };
}

function stateOf(resources: Observation['resources']): EnvironmentState {
  if (resources.some(({ status }) => status === 'unobserved')) return 'unknown';
  const ours = resources.filter(({ status, owned }) => status === 'present' && owned === true);
  if (ours.length === 0) return 'absent';
  const machine = ours.find(({ type }) => type === 'machine');
  return machine === undefined ? 'incomplete' : (machine.data?.['power'] as EnvironmentState);
}
