import type { PlanNote } from '@sindri/core';
import type { VolumeData } from '../../model.js';
import type { DesiredNames } from '../desired/names.js';
import type { ObservedEnvironment } from '../observed/open-observation.js';
import { refuseOthersApp } from './ownership.js';
import { refusal, refuseUnobserved } from './refusals.js';

/**
 * A volume of the environment, for an intent about it: that of the first machine, unless `asked`, the name that somebody gave, is that
 * of the second one. `what` is how the intent begins:
 * `extending`. Throws `FLY_NO_VOLUME`, `FLY_VOLUME_IN_USE`, `FLY_APP_NOT_OURS`, `PLAN_UNOBSERVED`.
 */
export function ownVolume(
  names: DesiredNames,
  asked: string | undefined,
  observed: ObservedEnvironment,
  what: string,
): VolumeData {
  const { name, volume } = meant(names, asked, observed);
  refuseUnobserved(`${what} volume ${name}`, { volume });
  if (volume.status !== 'present') throw noVolume(names);
  refuseOthersApp(names.app, observed, 'deploy');
  const { data, owned } = volume;
  if (!owned) throw usedByOthers(data);
  return data;
}

function meant(
  { app, volume: first, second }: DesiredNames,
  asked: string | undefined,
  observed: ObservedEnvironment,
): { name: string; volume: ObservedEnvironment['volume'] } {
  if (asked === undefined || asked === first) return { name: first, volume: observed.volume };
  const hasSecond = observed.second.volume.status !== 'absent';
  if (hasSecond && asked === second.volume) return { name: second.volume, volume: observed.second.volume };
  throw refusal(
    'FLY_NO_VOLUME',
    'usage',
    `The environment ${app} has no volume called ${asked}.`,
    hasSecond ? `It has ${first} and ${second.volume}.` : `Its volume is called ${first}; leave the name out.`,
    { volume: asked },
  );
}

/** Which of two volumes is meant where nobody has named one. */
export function chosenNote(
  { machines: [machine = ''], volume, second }: DesiredNames,
  asked: string | undefined,
  observed: ObservedEnvironment,
): PlanNote[] {
  if (asked !== undefined || observed.second.volume.status !== 'present') return [];
  const whose = observed.second.machine.status === 'absent' ? '' : `, the volume of ${second.machine}`;
  const message =
    `This is about ${volume}, the volume of ${machine}. There is also ${second.volume}${whose}: ` +
    `\`--volume ${second.volume}\` chooses it.`;
  return [{ level: 'info', code: 'FLY_VOLUME_CHOSEN', message }];
}

function noVolume({ app, volume }: DesiredNames): Error {
  return refusal(
    'FLY_NO_VOLUME',
    'refused',
    `The environment ${app} has no volume.`,
    'Run `sindri deploy` first: it makes the volume in the size that the config asks for.',
    { volume },
  );
}

function usedByOthers({ id, name, attachedMachineId }: VolumeData): Error {
  return refusal(
    'FLY_VOLUME_IN_USE',
    'refused',
    `Volume ${name} (${id}) is attached to machine ${attachedMachineId}, which is not Sindri's.`,
    'Change it with the tool that made that machine. Sindri changes only volumes of its own machines.',
    { volume: id, machine: attachedMachineId },
  );
}
