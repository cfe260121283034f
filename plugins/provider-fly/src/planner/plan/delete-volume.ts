import type { DeleteVolumeIntent, ProviderPlan } from '@sindri/core';
import { resourceIds, type ChangePayload } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { namesakes } from '../observed/evidence.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { observedCost } from '../prices/observed-cost.js';
import { volumeMonthly } from '../prices/cost.js';
import { change } from './change.js';
import { refuseOthersApp } from './ownership.js';
import { refusal, refuseUnobserved } from './refusals.js';

type AnyVolume = ReturnType<typeof namesakes>[number];

/**
 * Deletes a volume of ours that no machine uses: one beside the environment's own, that of a second machine that is gone, or one that a
 * destroy has kept. Throws
 * `FLY_NO_VOLUME`, `FLY_VOLUME_IN_USE`, `FLY_APP_NOT_OURS`, `PLAN_UNOBSERVED`.
 */
export function planDeleteVolume(
  { names }: FlyDesired,
  { volume: asked }: DeleteVolumeIntent,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  // A list of machines that could not be read may hold the one that uses it.
  refuseUnobserved(`deleting volume ${asked}`, {
    volume: observed.volume,
    machine: observed.machine,
    'volume of the second machine': observed.second.volume,
    'second machine': observed.second.machine,
  });
  refuseOthersApp(names.app, observed, 'destroy');
  const { second } = observed;
  const own = dataOf(observed.volume);
  const ofSecond = dataOf(second.volume);
  const all: AnyVolume[] = [...namesakes(own), ...namesakes(ofSecond)];
  const meant = all.filter(({ id, name }) => asked === name || asked === id);
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
  const isOwn = volume.id === own?.id;
  const isOfSecond = volume.id === ofSecond?.id;
  refuseWaiting(volume, observed);
  const isMounted =
    (isOwn && observed.machine.status === 'present') || (isOfSecond && second.machine.status === 'present');
  refuseInUse(volume, isMounted);
  return {
    changes: [
      change({
        id: `${resourceIds.volume(volume.name)}:${isOwn || isOfSecond ? '' : `${volume.id}:`}delete`,
        action: 'delete',
        resource: { type: 'volume', name: volume.name },
        title: `delete volume ${volume.name} (${described(volume)}), with its snapshots`,
        payload: { kind: 'volume.delete', volumeId: volume.id, name: volume.name },
        differences: [{ field: 'volume', from: volume.id, to: null }],
        impact: ['data-loss'],
        monthlyCostDelta: -volumeMonthly(volume.sizeGb),
      }),
    ],
    notes: [],
    cost: isOwn ? null : observedCost(without(volume, observed)),
  };
}

/** What is left once the volume is gone. */
function without(gone: AnyVolume, observed: ObservedEnvironment): ObservedEnvironment {
  const left = (seen: ObservedEnvironment['volume']): ObservedEnvironment['volume'] => {
    if (seen.status !== 'present') return seen;
    if (seen.data.id === gone.id) return { status: 'absent' };
    return { ...seen, data: { ...seen.data, others: seen.data.others.filter(({ id }) => id !== gone.id) } };
  };
  const { volume, second } = observed;
  return { ...observed, volume: left(volume), second: { ...second, volume: left(second.volume) } };
}

function described({ id, sizeGb, region }: AnyVolume): string {
  return `${id} (${sizeGb} GB in ${region})`;
}

/** Fly frees the volume of a machine on a lost host only when that is back. */
function refuseWaiting({ id, name, attachedMachineId }: AnyVolume, { facts }: ObservedEnvironment): void {
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

function refuseInUse({ id, name, attachedMachineId }: AnyVolume, isMounted: boolean): void {
  if (attachedMachineId === null && !isMounted) return;
  throw refusal(
    'FLY_VOLUME_IN_USE',
    'refused',
    `Volume ${name} (${id}) is in use${attachedMachineId === null ? '' : ` by machine ${attachedMachineId}`}.`,
    'To delete the environment with it, run `sindri destroy`.',
    { volume: id, machine: attachedMachineId },
  );
}
