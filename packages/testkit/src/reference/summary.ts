import type {
  ConnectionMethod,
  EnvironmentSpec,
  EnvironmentState,
  EnvironmentSummary,
  HeldAwake,
  JsonObject,
  Observation,
  VolumeSummary,
} from '@sindri/core';
import { HOME_VOLUME } from './platform.js';

/** The ways to a machine of the reference platform. */
export const CONNECTION_METHODS: readonly ConnectionMethod[] = [
  { name: 'direct', title: 'Straight to the machine', needs: null },
  { name: 'relay', title: 'Through the relay of the zone', needs: 'a zone with a relay' },
];

/** Why the second one never works here. */
export const NO_RELAY = 'No zone of the reference platform has a relay. Use direct.';

/** What people want to know. Pure: all it knows is the observation. */
export function summarizeReference(spec: EnvironmentSpec, { resources }: Observation): EnvironmentSummary {
  const machine = resources.find(({ type }) => type === 'machine');
  const volume = resources.find(({ type, name }) => type === 'volume' && name === HOME_VOLUME);
  const settings = settingsOf(machine);
  const held = (machine?.data?.['held'] ?? null) as HeldAwake | null;
  const state = stateOf(resources);
  const sizeGb = settingsOf(volume)['sizeGb'] as number | undefined;
  const kept = keptVolumes(resources, state);
  const exists = machine?.status === 'present' && machine.owned === true;
  return {
    environment: spec.name,
    provider: 'reference',
    state,
    platformState: (machine?.data?.['power'] as string | undefined) ?? null,
    ...reasonOf(state),
    image: (settings['image'] as string | undefined) ?? null,
    region: null,
    addresses: exists ? [{ type: 'ssh', value: `${spec.name}.reference.invalid`, port: 10_022 }] : [],
    timestamps: {
      createdAt: (machine?.data?.['createdAt'] as string | undefined) ?? null,
      startedAt: null,
      stoppedAt: null,
      updatedAt: null,
    },
    resources: {
      memoryMb: (settings['memoryMb'] as number | undefined) ?? null,
      cpus: (settings['cpus'] as number | undefined) ?? null,
      volumeGb: sizeGb ?? null,
    },
    cost: null,
    idleBehaviour: 'After a while without a connection the machine is suspended.',
    ...(held === null ? {} : { holds: [held] }),
    ...(kept.length === 0 ? {} : { kept }),
    volumes: volumesOf(resources, exists ? spec.name : null),
    ...(exists
      ? {
          connections: [
            { method: 'direct', unavailable: null },
            { method: 'relay', unavailable: NO_RELAY },
          ],
        }
      : {}),
    details: { machine: (machine?.data?.['id'] as string | undefined) ?? null },
  };
}

/** Every volume of ours, the home first; `machine` has that one. */
function volumesOf(resources: Observation['resources'], machine: string | null): VolumeSummary[] {
  return resources
    .filter(({ type, status, owned }) => type === 'volume' && status === 'present' && owned === true)
    .sort((a, b) => Number(b.name === HOME_VOLUME) - Number(a.name === HOME_VOLUME))
    .map((volume) => ({
      id: volume.name,
      name: volume.name,
      sizeGb: (settingsOf(volume)['sizeGb'] as number | undefined) ?? null,
      used: null,
      region: null,
      usedBy: volume.name === HOME_VOLUME ? machine : null,
      createdAt: (volume.data?.['createdAt'] as string | undefined) ?? null,
      problem: null,
    }));
}

/** What a destroy has left for the next deploy, and what a restore has replaced. */
function keptVolumes(resources: Observation['resources'], state: EnvironmentState): string[] {
  return resources
    .filter(({ type, status, owned }) => type === 'volume' && status === 'present' && owned === true)
    .filter(({ name }) => name !== HOME_VOLUME || state === 'absent')
    .map((volume) => `volume ${volume.name}, ${String(settingsOf(volume)['sizeGb'])} GB`);
}

function settingsOf(resource: Observation['resources'][number] | undefined): JsonObject {
  return (resource?.data?.['settings'] ?? {}) as JsonObject;
}

function reasonOf(state: EnvironmentState): Pick<EnvironmentSummary, 'stateReason'> {
  if (state === 'incomplete') return { stateReason: 'There is no machine yet.' };
  return state === 'failed' ? { stateReason: 'The machine has ended by itself.' } : {};
}

/** A volume alone was kept on purpose (so was a snapshot), or is what a deploy that was cut short begins with: the next one uses it either way. */
function stateOf(resources: Observation['resources']): EnvironmentState {
  if (resources.some(({ status }) => status === 'unobserved')) return 'unknown';
  const ours = resources.filter(({ status, owned }) => status === 'present' && owned === true);
  const machine = ours.find(({ type }) => type === 'machine');
  if (machine !== undefined) return machine.data?.['power'] as EnvironmentState;
  return ours.every(({ type }) => type === 'volume' || type === 'snapshot') ? 'absent' : 'incomplete';
}
