import { resourceIds, type FlyObservation, type FlyResource, type FlySpec } from '../../model.js';
import { desiredNames } from '../desired/names.js';
import { dataOf, openObservation } from './open-observation.js';

/** What was observed, as if one machine were all that the environment has. */
export interface MachineView {
  /** The name of the machine; `null` where there is only one place for a machine. */
  instance: string | null;
  observation: FlyObservation;
}

/**
 * One view for each machine of the environment, the first one first: in that of the second, it and its volume stand where the first ones do.
 * A first machine that is gone beside a second one has a view too. Pure.
 */
export function eachMachine(spec: FlySpec, observation: FlyObservation): MachineView[] {
  const names = desiredNames(spec, observation.facts.defaults);
  const { machine, second } = openObservation(spec, observation);
  const { name: secondName } = dataOf(second.machine) ?? {};
  const first = { machine: names.machines[0] as string, volume: names.volume };
  const idsOf = (pair: { machine: string; volume: string }): [string, string] => [
    resourceIds.machine(pair.machine),
    resourceIds.volume(pair.volume),
  ];
  const [ofFirst, ofSecond] = [idsOf(first), idsOf(names.second)];
  const view = (instance: string | null, mine: [string, string], others: [string, string]): MachineView => ({
    instance,
    observation: {
      ...observation,
      resources: observation.resources.flatMap((resource): FlyResource[] => {
        if (others.includes(resource.id)) return [];
        const at = mine.indexOf(resource.id);
        return at === -1 ? [resource] : [{ ...resource, id: ofFirst[at] as string }];
      }),
    },
  });
  if (secondName === undefined) return [view(null, ofFirst, ofSecond)];
  return [view(dataOf(machine)?.name ?? first.machine, ofFirst, ofSecond), view(secondName, ofSecond, ofFirst)];
}
