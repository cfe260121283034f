import type { DeleteVolumeIntent, ProviderPlan } from '@sindri/core';
import { resourceIds, type ChangePayload, type VolumeData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { observedCost } from '../prices/observed-cost.js';
import { volumeMonthly } from '../prices/cost.js';
import { change } from './change.js';
import { refuseOthersApp } from './ownership.js';
import { refusal, refuseUnobserved } from './refusals.js';

type AnyVolume = VolumeData['others'][number];

/**
 * Deletes a volume of ours that no machine uses: one beside the environment's own, or the one that a destroy has kept. Throws
 * `FLY_NO_VOLUME`, `FLY_VOLUME_IN_USE`, `FLY_APP_NOT_OURS`, `PLAN_UNOBSERVED`.
 */
export function planDeleteVolume(
  { names }: FlyDesired,
  { volume: asked }: DeleteVolumeIntent,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  // A list of machines that could not be read may hold the one that uses it.
  refuseUnobserved(`deleting volume ${asked}`, { volume: observed.volume, machine: observed.machine });
  refuseOthersApp(names.app, observed, 'destroy');
  const own = dataOf(observed.volume);
  const all: AnyVolume[] = own === null ? [] : [own, ...own.others];
  const meant = all.filter(({ id }) => asked === names.volume || asked === id);
  const [volume, ...more] = meant;
  if (volume === undefined) {
    throw refusal(
      'FLY_NO_VOLUME',
      'usage',
      `The environment ${names.app} has no volume ${asked}.`,
      all.length === 0 ? 'It has none at all.' : `It has: ${all.map(described).join(', ')}.`,
      { volume: asked },
    );
  }
  if (more.length > 0) {
    throw refusal(
      'FLY_NO_VOLUME',
      'usage',
      `${meant.length} volumes of ${names.app} are called ${asked}.`,
      `Give the id of one: ${meant.map(described).join(', ')}.`,
      { volume: asked, volumes: meant.map(({ id }) => id) },
    );
  }
  refuseWaiting(names.volume, volume, observed);
  refuseInUse(names.volume, volume, volume.id === own?.id && observed.machine.status === 'present');
  const isOwn = volume.id === own?.id;
  return {
    changes: [
      change({
        id: isOwn
          ? `${resourceIds.volume(names.volume)}:delete`
          : `${resourceIds.volume(names.volume)}:${volume.id}:delete`,
        action: 'delete',
        resource: { type: 'volume', name: names.volume },
        title: `delete volume ${names.volume} (${described(volume)}), with its snapshots`,
        payload: { kind: 'volume.delete', volumeId: volume.id, name: names.volume },
        differences: [{ field: 'volume', from: volume.id, to: null }],
        impact: ['data-loss'],
        monthlyCostDelta: -volumeMonthly(volume.sizeGb),
      }),
    ],
    notes: [],
    cost: isOwn ? null : observedCost(observed),
  };
}

function described({ id, sizeGb, region }: AnyVolume): string {
  return `${id}, ${sizeGb} GB in ${region}`;
}

/** Fly frees the volume of a machine on a lost host only when that is back. */
function refuseWaiting(name: string, { id, attachedMachineId }: AnyVolume, { facts }: ObservedEnvironment): void {
  const holder = facts.replaced.find((machine) => machine.id === attachedMachineId);
  if (holder === undefined) return;
  throw refusal(
    'FLY_VOLUME_IN_USE',
    'refused',
    `Volume ${name} (${id}) still belongs to machine ${holder.name} (${holder.id}), which is ${holder.state}.`,
    holder.state === 'destroying'
      ? 'Fly destroys that machine as soon as its host is back. Run the same command again then.'
      : 'A restore was cut short: `sindri deploy` deletes that machine. Run the same command again then.',
    { volume: id, machine: holder.id },
  );
}

function refuseInUse(name: string, { id, attachedMachineId }: AnyVolume, isMain: boolean): void {
  if (attachedMachineId === null && !isMain) return;
  throw refusal(
    'FLY_VOLUME_IN_USE',
    'refused',
    `Volume ${name} (${id}) is in use${attachedMachineId === null ? '' : ` by machine ${attachedMachineId}`}.`,
    'To delete the environment with it, run `sindri destroy`.',
    { volume: id, machine: attachedMachineId },
  );
}
