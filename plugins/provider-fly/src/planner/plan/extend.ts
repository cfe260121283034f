import type { ExtendVolumeIntent, PlanNote, ProviderPlan } from '@sindri/core';
import type { ChangePayload } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { volumeLimits } from '../desired/volume-size.js';
import { isRunning } from '../observed/machine-life.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { observedCost } from '../prices/observed-cost.js';
import { chosenNote, ownVolume } from './own-volume.js';
import { refusal } from './refusals.js';
import { extendVolume } from './volume.js';

/**
 * Grows the volume to the size that is asked for, whatever the config says about it. Nothing to do when it has that size.
 * Throws `FLY_NO_VOLUME`, `FLY_VOLUME_IN_USE`, `FLY_VOLUME_SIZE`, `FLY_VOLUME_SHRINK`, `FLY_APP_NOT_OURS`, `PLAN_UNOBSERVED`.
 */
export function planExtend(
  { names, mount }: FlyDesired,
  { sizeGb, volume: asked }: ExtendVolumeIntent,
  observed: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  const data = ownVolume(names, asked, observed, 'extending');
  requireSize(data.name, sizeGb);
  if (sizeGb < data.sizeGb) {
    throw refusal(
      'FLY_VOLUME_SHRINK',
      'usage',
      `Volume ${data.name} has ${data.sizeGb} GB, and Fly volumes cannot shrink to ${sizeGb} GB.`,
      `Ask for more than ${data.sizeGb} GB.`,
      { volume: data.id, sizeGb: data.sizeGb, asked: sizeGb },
    );
  }
  const { machine, second } = observed;
  const isSecond = data.name === names.second.volume;
  const grown = { status: 'present', owned: true, data: { ...data, sizeGb } } as const;
  const changes = sizeGb === data.sizeGb ? [] : [extendVolume(data, sizeGb)];
  return {
    changes,
    notes: [
      ...chosenNote(names, asked, observed),
      ...(changes.length === 0 ? [] : notes(sizeGb, mount, isSecond ? second.machine : machine)),
    ],
    cost: observedCost(
      isSecond ? { ...observed, second: { ...second, volume: grown } } : { ...observed, volume: grown },
    ),
  };
}

function requireSize(volume: string, sizeGb: number): void {
  const { minimumGb, maximumGb } = volumeLimits;
  if (Number.isInteger(sizeGb) && sizeGb >= minimumGb && sizeGb <= maximumGb) return;
  const nearby = Math.min(Math.max(Math.ceil(sizeGb), minimumGb), maximumGb);
  throw refusal(
    'FLY_VOLUME_SIZE',
    'usage',
    `A Fly volume has ${minimumGb} to ${maximumGb} GB in whole numbers, so ${volume} cannot have ${sizeGb} GB.`,
    `The nearest size is ${nearby}GB.`,
    { volume, asked: sizeGb, nearest: nearby },
  );
}

function notes(sizeGb: number, mount: FlyDesired['mount'], machine: ObservedEnvironment['machine']): PlanNote[] {
  const result: PlanNote[] = [];
  const runs = dataOf(machine);
  if (runs !== null && isRunning(runs)) {
    result.push({
      level: 'info',
      code: 'FLY_VOLUME_SEEN_LATER',
      message: `Machine ${runs.name} keeps running. Fly says afterwards whether it sees the new size at once or after its next start.`,
    });
  }
  if (sizeGb > mount.sizeGb) {
    result.push({
      level: 'info',
      code: 'FLY_VOLUME_BEYOND_CONFIG',
      message:
        `The config ${mount.sizeIsAsked ? `asks for ${mount.sizeGb} GB` : `names no size, which means ${mount.sizeGb} GB`}. ` +
        `A deploy leaves the volume at ${sizeGb} GB: volumes never shrink. A new environment gets ${mount.sizeGb} GB.`,
    });
  }
  return result;
}
