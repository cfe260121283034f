import { SindriError, nearest, type ErrorKind, type JsonObject } from '@sindri/core';
import type { AppData, FlyFacts, MachineData, VolumeData } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { asList, asMap } from '../observed/json-maps.js';
import type { Observed } from '../observed/open-observation.js';
import { flyError, type FlyErrorCode } from '../../fly-error.js';

export interface Situation {
  desired: FlyDesired;
  /** `null` = it is about to be made. */
  app: AppData | null;
  volume: VolumeData | null;
  /** `false` = the volumes could not be read: then `volume` being `null` says nothing. */
  volumeIsKnown: boolean;
  /** Our machine, unless it is on its way out. */
  machine: MachineData | null;
  facts: Pick<FlyFacts, 'foreignMachines' | 'regions'>;
}

/**
 * Throws where a deploy that goes on would leave data behind, take something that is not ours, or make something where Fly
 * makes nothing. What exists can be looked at and removed all the same.
 */
export function refuseImpossible(situation: Situation): void {
  refuseOtherOrganization(situation);
  refuseUnknownRegion(situation);
  refuseVolumeElsewhere(situation);
  refuseOtherMount(situation);
  refuseForeignMachines(situation);
}

/** An organization that the config names outright must be the one that the app is in: Fly cannot move apps by itself. */
function refuseOtherOrganization({ desired, app }: Situation): void {
  const asked = desired.names.organization;
  const actual = app?.organization ?? '';
  // `personal` is an alias of the user's own organization, whose real slug differs.
  if (actual === '' || actual === asked || asked === 'personal' || desired.origins.organization !== 'config') return;
  throw refusal(
    'FLY_APP_IN_OTHER_ORGANIZATION',
    'refused',
    `App ${desired.names.app} exists in organization ${actual}, but the config asks for ${asked}.`,
    `Set \`providers.fly.organization\` to ${actual}, or choose another \`name\`.`,
    { app: desired.names.app, organization: actual, asked },
  );
}

/** Fly's own list decides where something new can be made; without it, validation has said what there is to say. */
function refuseUnknownRegion({ desired, volume, volumeIsKnown, machine, facts }: Situation): void {
  const { region } = desired.names;
  const live = facts.regions ?? [];
  const usable = live.filter(({ deprecated }) => !deprecated).map(({ code }) => code);
  const makesNothing = machine !== null && (volume !== null || !volumeIsKnown);
  if (makesNothing || usable.length === 0 || usable.includes(region)) return;
  const withdrawn = live.find(({ code }) => code === region);
  const codes = usable.sort();
  const suggestion = nearest(region, codes);
  throw refusal(
    'FLY_REGION_UNKNOWN',
    'usage',
    withdrawn === undefined
      ? `Fly has no region ${region}.`
      : `Fly is giving up region ${region} (${withdrawn.name}): nothing new can be made there.`,
    `${suggestion === undefined ? '' : `Did you mean ${suggestion}? `}\`providers.fly.region\` or FLY_REGION may be ${codes.join(', ')}.`,
    { region, nearest: suggestion ?? null, regions: codes },
  );
}

function refuseVolumeElsewhere({ desired, volume }: Situation): void {
  const { region } = desired.names;
  if (volume === null || volume.region === region) return;
  throw refusal(
    'FLY_VOLUME_ELSEWHERE',
    'usage',
    `Volume ${volume.name} (${volume.id}, ${volume.sizeGb} GB) is in ${volume.region}, but the config asks for region ${region}. ` +
      'A Fly volume cannot move, and Sindri leaves no data behind unasked.',
    `Set \`providers.fly.region\` to ${volume.region} to go on with it. To move to ${region}, restore a snapshot: ` +
      `\`sindri volume snapshots\`, then \`sindri volume restore ID\` puts it there.`,
    { volume: volume.id, region: volume.region, wanted: region },
  );
}

function refuseOtherMount({ desired, volume, volumeIsKnown, machine }: Situation): void {
  if (machine === null) return;
  const mounted = mountedVolume(machine);
  if (mounted !== null && volume === null && volumeIsKnown) {
    throw refusal(
      'FLY_VOLUME_MISSING',
      'incomplete',
      `Machine ${machine.name} mounts volume ${mounted}, which is not in the app's list of volumes.`,
      "Nothing was changed. Fly's lists lag behind at times: run the command again in a minute.",
      { machine: machine.id, volume: mounted },
    );
  }
  if (mounted !== null && volume !== null && mounted !== volume.id) {
    throw refusal(
      'FLY_VOLUME_MISMATCH',
      'refused',
      `Machine ${machine.name} mounts volume ${mounted} instead of ${volume.name} (${volume.id}). Sindri does not swap volumes.`,
      'Find out which of the two holds your files. Destroy the machine with flyctl to have it made anew with the other one.',
      { machine: machine.id, mounted, volume: volume.id },
    );
  }
  const { region } = desired.names;
  if (machine.region !== region && hasMount(machine)) {
    throw refusal(
      'FLY_REGION_CHANGE',
      'usage',
      `Machine ${machine.name} and its volume are in ${machine.region}, but the config asks for region ${region}. ` +
        'Neither can move.',
      `Set \`providers.fly.region\` to ${machine.region}, or move by a snapshot: \`sindri volume snapshot\`, then \`sindri volume restore ID\`.`,
      { machine: machine.id, region: machine.region, wanted: region },
    );
  }
}

function refuseForeignMachines({ desired, volume, machine, facts }: Situation): void {
  if (machine !== null) return;
  const name = desired.names.machines[0];
  const namesake = facts.foreignMachines.find((foreign) => foreign.name === name);
  if (namesake !== undefined) {
    throw refusal(
      'FLY_MACHINE_NAME_TAKEN',
      'refused',
      `The app has a machine called ${name} (${namesake.id}) that Sindri did not make and cannot take over: ` +
        'it belongs to another environment or has no volume at the home path.',
      'Remove or rename it with flyctl, or choose another `name`.',
      { machine: namesake.id },
    );
  }
  const user = facts.foreignMachines.find(({ id }) => id === volume?.attachedMachineId);
  if (volume !== null && user !== undefined) {
    throw refusal(
      'FLY_VOLUME_IN_USE',
      'refused',
      `Volume ${volume.name} (${volume.id}) is attached to machine ${user.name} (${user.id}), which is not Sindri's.`,
      'Remove that machine with flyctl, or choose another `name`.',
      { volume: volume.id, machine: user.id },
    );
  }
}

/** The id of the volume that a machine has for a home, `null` when it mounts none or its config is unknown. */
export function mountedVolume(machine: MachineData): string | null {
  const volume = asMap(asList(machine.config?.['mounts'])[0])['volume'];
  return typeof volume === 'string' && volume !== '' ? volume : null;
}

/** Whether a machine has a volume mounted, even where the API does not say which. */
export function hasMount(machine: MachineData): boolean {
  return asList(machine.config?.['mounts']).length > 0;
}

/** Throws `FLY_SOURCE_BUILD`: which commit is meant must be known before anything is built from it. */
export function refuseUnknownSource({ build }: FlyDesired): void {
  if (build === null || build.source.resolved !== undefined) return;
  const { repository, gitRef } = build.source;
  throw refusal(
    'FLY_SOURCE_BUILD',
    'usage',
    `The config asks for an image built from ${repository}, and nobody has looked up which commit that is.`,
    'Programs can give `sources` and `images` to openEnvironment.',
    { repository, gitRef },
  );
}

/** Throws `FLY_IMAGE_VERSION` where the host has resolved nothing and no published tag stands for the version that is asked for. */
export function refuseUnknownImage({ image }: FlyDesired): void {
  if (image.reference !== '') return;
  throw refusal(
    'FLY_IMAGE_VERSION',
    'usage',
    `No published tag always stays within the version range "${image.request?.version ?? ''}", and no registry was asked.`,
    'Use a caret or tilde range (^3.0.0, ~3.1.0), an exact version, or tag_override. Programs can give `images` to openEnvironment.',
    { version: image.request?.version ?? null },
  );
}

/** Throws `PLAN_UNOBSERVED` when one of `needed` could not be read: `what` would rest on a guess. */
export function refuseUnobserved(what: string, needed: Readonly<Record<string, Observed<unknown>>>): void {
  const unread = Object.entries(needed).flatMap(([name, seen]) =>
    seen.status === 'unobserved' ? [`${name} (${seen.reason})`] : [],
  );
  if (unread.length === 0) return;
  throw flyError({
    code: 'PLAN_UNOBSERVED',
    kind: 'incomplete',
    message: `No safe plan is possible: ${unread.join(' and ')} could not be read, and ${what} rests on it.`,
    hint: 'Nothing was changed. Run the command again; if it stays like this, look at the reason above.',
    retryable: true,
    details: { unread },
  });
}

/** An error of a plan that must not be made. */
export function refusal(
  code: FlyErrorCode,
  kind: ErrorKind,
  message: string,
  hint: string | null,
  details: JsonObject,
): SindriError {
  const retryable = kind === 'incomplete';
  return new SindriError({ code, kind, message, ...(hint === null ? {} : { hint }), details, retryable });
}
