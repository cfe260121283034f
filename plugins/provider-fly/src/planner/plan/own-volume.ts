import type { VolumeData } from '../../model.js';
import type { DesiredNames } from '../desired/names.js';
import type { ObservedEnvironment } from '../observed/open-observation.js';
import { refuseOthersApp } from './ownership.js';
import { refusal, refuseUnobserved } from './refusals.js';

/**
 * The volume of the environment, for an intent about it; `asked` is the name that somebody gave, `what` how the intent begins:
 * `extending`. Throws `FLY_NO_VOLUME`, `FLY_VOLUME_IN_USE`, `FLY_APP_NOT_OURS`, `PLAN_UNOBSERVED`.
 */
export function ownVolume(
  names: DesiredNames,
  asked: string | undefined,
  observed: ObservedEnvironment,
  what: string,
): VolumeData {
  requireName(names, asked);
  refuseUnobserved(`${what} volume ${names.volume}`, { volume: observed.volume });
  if (observed.volume.status !== 'present') throw noVolume(names);
  refuseOthersApp(names.app, observed, 'deploy');
  const { data, owned } = observed.volume;
  if (!owned) throw usedByOthers(data);
  return data;
}

/** Throws `FLY_NO_VOLUME` for another name than that of the one volume. */
export function requireName({ app, volume }: DesiredNames, asked: string | undefined): void {
  if (asked === undefined || asked === volume) return;
  throw refusal(
    'FLY_NO_VOLUME',
    'usage',
    `The environment ${app} has no volume called ${asked}.`,
    `Its volume is called ${volume}; leave the name out.`,
    { volume: asked },
  );
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
    "Change it with that machine's own tool, such as `fly volumes`.",
    { volume: id, machine: attachedMachineId },
  );
}
