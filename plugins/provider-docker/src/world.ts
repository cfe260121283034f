import type { EnvironmentState } from '@sindri/core';
import { newestFirst, stateOf as containerState } from '@sindri/docker-engine';
import type { ContainerData, Resource, Seen, VolumeData } from './shapes.js';

/** An observation, sorted into what plan and summary ask about. */
export interface World {
  container: Resource<ContainerData>;
  network: Resource;
  /** The volume that a container is to have: the newest whole home, or one that is absent or could not be read. */
  home: Resource<VolumeData>;
  /** Homes from before a restore, and copies that have failed. */
  formerHomes: Resource<VolumeData>[];
  snapshots: Resource<VolumeData>[];
  /** Those that keep secrets, and the newest whole one of them. */
  stores: Resource<VolumeData>[];
  store: Resource<VolumeData> | undefined;
  /** Whether all of it could be read. */
  isWhole: boolean;
  facts: Seen['facts'];
}

export function sortWorld({ resources, facts }: Seen): World {
  const ofType = <T>(type: string): T[] => resources.filter((resource) => resource.type === type) as T[];
  const [container] = ofType<Resource<ContainerData>>('container');
  const [network] = ofType<Resource>('network');
  const homes = newestFirst(ofType<Resource<VolumeData>>('volume'));
  const stores = newestFirst(ofType<Resource<VolumeData>>('secrets'));
  const home = homes.find(({ status, data }) => status !== 'present' || data?.copy === 'whole') ?? homes[0];
  if (container === undefined || network === undefined || home === undefined)
    throw new TypeError('not our observation');
  return {
    container,
    network,
    home,
    formerHomes: homes.filter((one) => one !== home),
    snapshots: ofType<Resource<VolumeData>>('snapshot'),
    stores,
    store: stores.find(({ data }) => data?.copy === 'whole'),
    isWhole: resources.every(({ status }) => status !== 'unobserved'),
    facts,
  };
}

/** The environment's state, as far as its container decides it. */
export function stateOf(container: ContainerData): EnvironmentState {
  const state = containerState(container);
  // Made for an environment that sleeps, and not to be started yet.
  return state === 'incomplete' && container.asleep ? 'stopped' : state;
}
