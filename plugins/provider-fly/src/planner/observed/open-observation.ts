import type { EnvironmentSpec, Observation, ObservedResource } from '@sindri/core';
import {
  resourceIds,
  type AppData,
  type FlyFacts,
  type IpsData,
  type MachineData,
  type SecretsData,
  type VolumeData,
} from '../../model.js';
import { desiredNames } from '../desired/names.js';

/** One observed thing with its data; `data` is there exactly when it is present. */
export type Observed<T> =
  { status: 'present'; data: T; owned: boolean } | { status: 'absent' } | { status: 'unobserved'; reason: string };

/** An observation of an environment, opened. */
export interface ObservedEnvironment {
  app: Observed<AppData>;
  ips: Observed<IpsData>;
  secrets: Observed<SecretsData>;
  volume: Observed<VolumeData>;
  machine: Observed<MachineData>;
  facts: FlyFacts;
}

/** Opens an observation. A resource that it does not mention counts as unobserved: nobody may conclude that it is absent. */
export function openObservation(spec: EnvironmentSpec, observation: Observation): ObservedEnvironment {
  const names = desiredNames(spec);
  const byId = new Map(observation.resources.map((resource) => [resource.id, resource]));
  const facts = observation.facts as unknown as Partial<FlyFacts>;
  return {
    app: open<AppData>(byId.get(resourceIds.app)),
    ips: open<IpsData>(byId.get(resourceIds.ips)),
    secrets: open<SecretsData>(byId.get(resourceIds.secrets)),
    volume: open<VolumeData>(byId.get(resourceIds.volume(names.volume))),
    machine: open<MachineData>(byId.get(resourceIds.machine(names.machines[0] as string))),
    facts: {
      ...(facts as FlyFacts),
      identity: facts.identity ?? null,
      regions: facts.regions ?? null,
      foreignMachines: facts.foreignMachines ?? [],
      foreignVolumes: facts.foreignVolumes ?? [],
    },
  };
}

function open<T>(resource: ObservedResource | undefined): Observed<T> {
  if (resource === undefined) return { status: 'unobserved', reason: 'not part of the observation' };
  if (resource.status === 'unobserved')
    return { status: 'unobserved', reason: resource.reason ?? 'it could not be read' };
  if (resource.status === 'absent' || resource.data === undefined) return { status: 'absent' };
  // The data was made by `from-wire` and travelled as JSON in between.
  return { status: 'present', data: resource.data as unknown as T, owned: resource.owned ?? false };
}

/** The data of a present resource, `null` for one that is absent or could not be read. */
export function dataOf<T>(observed: Observed<T>): T | null {
  return observed.status === 'present' ? observed.data : null;
}
