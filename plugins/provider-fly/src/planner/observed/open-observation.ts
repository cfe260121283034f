import type { EnvironmentSpec } from '@sindri/core';
import {
  resourceIds,
  type AppData,
  type BuiltImageData,
  type FlyData,
  type FlyFacts,
  type FlyObservation,
  type FlyResource,
  type IpsData,
  type MachineData,
  type SecretsData,
  type VolumeData,
} from '../../model.js';
import { desiredNames } from '../desired/names.js';
import { wantsSecond } from '../desired/options.js';

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
  /** The image of the spec's source; without one it is unobserved. */
  image: Observed<BuiltImageData>;
  /** The second machine and its volume, wanted or not. */
  second: { volume: Observed<VolumeData>; machine: Observed<MachineData> };
  facts: FlyFacts;
  /** When it was looked at, ms since the epoch. */
  observedAtMs: number;
}

/**
 * Opens an observation. A resource that it does not mention counts as unobserved: nobody may conclude that it is absent. What belongs to a
 * second machine is mentioned where the config asks for one, or where there is some of it.
 */
export function openObservation(
  spec: Parameters<typeof desiredNames>[0] & Pick<EnvironmentSpec<object>, 'buildFromSource'>,
  { resources, facts, observedAt }: FlyObservation,
): ObservedEnvironment {
  const names = desiredNames(spec);
  const open = <K extends FlyData['kind']>(kind: K, id: string): Observed<DataOf<K>> =>
    openResource(
      kind,
      resources.find((resource) => resource.id === id),
    );
  const openSecond = <K extends FlyData['kind']>(kind: K, id: string): Observed<DataOf<K>> =>
    wantsSecond(spec) || resources.some((resource) => resource.id === id) ? open(kind, id) : { status: 'absent' };
  return {
    app: open('app', resourceIds.app),
    ips: open('ips', resourceIds.ips),
    secrets: open('secrets', resourceIds.secrets),
    volume: open('volume', resourceIds.volume(names.volume)),
    machine: open('machine', resourceIds.machine(names.machines[0] as string)),
    image: open('image', resourceIds.image(spec.buildFromSource?.resolved?.tag ?? '')),
    second: {
      volume: openSecond('volume', resourceIds.volume(names.second.volume)),
      machine: openSecond('machine', resourceIds.machine(names.second.machine)),
    },
    facts: { ...noFacts, ...facts },
    observedAtMs: Date.parse(observedAt),
  };
}

type DataOf<K extends FlyData['kind']> = Extract<FlyData, { kind: K }>;

/** The facts of a look that asked for none. */
export const noFacts: FlyFacts = {
  identities: [],
  regions: null,
  defaults: { organization: null, region: null },
  foreignMachines: [],
  siblings: [],
  replaced: [],
  foreignVolumes: [],
  builders: [],
  buildVolumes: [],
  askedForHere: false,
  snapshots: null,
  restoring: null,
};

function openResource<K extends FlyData['kind']>(kind: K, resource: FlyResource | undefined): Observed<DataOf<K>> {
  if (resource === undefined) return { status: 'unobserved', reason: 'not part of the observation' };
  const { status, reason, data, owned = false } = resource;
  if (status === 'unobserved') return { status: 'unobserved', reason: reason ?? 'it could not be read' };
  if (status === 'absent' || data === undefined) return { status: 'absent' };
  if (!isOfKind(kind, data)) return { status: 'unobserved', reason: `it was read as something else: ${data.kind}` };
  return { status: 'present', data, owned };
}

function isOfKind<K extends FlyData['kind']>(kind: K, data: FlyData): data is DataOf<K> {
  return data.kind === kind;
}

/** The data of a present resource, `null` for one that is absent or could not be read. */
export function dataOf<T>(observed: Observed<T>): T | null {
  return observed.status === 'present' ? observed.data : null;
}
