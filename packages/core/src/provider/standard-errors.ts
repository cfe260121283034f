import { SindriError, type ErrorCode, type ErrorKind } from '../model/errors.js';
import type { ObservedResource } from '../model/observation.js';
import { nearest } from '../nearest.js';

/** The refusals that every provider has to make: what follows its area in the code, and the kind. */
export const STANDARD_ERRORS = {
  ABSENT: 'refused',
  ASLEEP: 'refused',
  CHANGED: 'incomplete',
  CHANGE_UNKNOWN: 'internal',
  INSTANCE_UNKNOWN: 'usage',
  KEEP: 'usage',
  NAME_TAKEN: 'refused',
  SNAPSHOT_UNKNOWN: 'usage',
  VOLUME_IN_USE: 'refused',
  VOLUME_UNKNOWN: 'usage',
} as const satisfies Record<string, ErrorKind>;

/** The errors of {@link standardErrors}. Each member returns an error to throw. */
export interface StandardErrors {
  /** `AREA_ABSENT`: there is no such environment, or only half of it. */
  absent(environment: string, isHalf?: boolean): SindriError;
  /** `AREA_ASLEEP`: `exec` does not wake. */
  asleep(environment: string): SindriError;
  /** `AREA_CHANGED`: it is not what the plan was made for. */
  changed(name: string): SindriError;
  /** `AREA_CHANGE_UNKNOWN`: `apply` was given a change that `plan` never makes. */
  unplanned(changeId: string): SindriError;
  /** `AREA_INSTANCE_UNKNOWN`. */
  unknownInstance(environment: string, asked: string, known: readonly string[]): SindriError;
  /** `AREA_KEEP`: a destroy cannot leave this type. */
  cannotKeep(type: string, keepable: readonly string[]): SindriError;
  /** `AREA_NAME_TAKEN`: what has our name and not our mark. */
  taken(resource: Pick<ObservedResource, 'type' | 'name'>): SindriError;
  /** `AREA_VOLUME_UNKNOWN`, `AREA_SNAPSHOT_UNKNOWN`. */
  unknown(type: 'volume' | 'snapshot', asked: string, known: readonly string[]): SindriError;
  /** `AREA_VOLUME_IN_USE`: `volume.delete` never takes what the environment uses. */
  volumeInUse(name: string): SindriError;
}

/**
 * The refusals that are the same at every platform, with codes that begin with the provider's area, and texts that say what to do:
 * `standardErrors('MY_CLOUD').absent('x')` is `MY_CLOUD_ABSENT`.
 */
export function standardErrors(area: Uppercase<string>): StandardErrors {
  const make = (name: keyof typeof STANDARD_ERRORS, message: string, hint?: string): SindriError => {
    const code = `${area}_${name}` as ErrorCode;
    return new SindriError({ code, kind: STANDARD_ERRORS[name], message, ...(hint === undefined ? {} : { hint }) });
  };
  return {
    absent: (environment, isHalf = false) =>
      isHalf
        ? make('ABSENT', `The environment "${environment}" is half made.`, 'Deploy it: that continues.')
        : make('ABSENT', `The environment "${environment}" does not exist.`, 'Run `sindri deploy` first.'),
    asleep: (environment) =>
      make('ASLEEP', `The environment "${environment}" does not run.`, 'Start it with `sindri start`.'),
    changed: (name) =>
      make('CHANGED', `Somebody else has changed ${name} since the plan was made.`, 'Run the command again.'),
    unplanned: (changeId) => make('CHANGE_UNKNOWN', `"${changeId}" was never planned here.`),
    unknownInstance: (environment, asked, known) =>
      make('INSTANCE_UNKNOWN', `The environment "${environment}" has no instance "${asked}".`, has(known, 'instance')),
    cannotKeep(type, keepable) {
      const meant = nearest(type, keepable);
      const can = `Can be kept: ${keepable.join(', ')}.`;
      return make('KEEP', `"${type}" cannot be kept.`, meant === undefined ? can : `${can} Did you mean "${meant}"?`);
    },
    taken: ({ type, name }) =>
      make(
        'NAME_TAKEN',
        `There is a ${type} ${name} that is not of this environment.`,
        'Give the environment another name, or take it over with `--adopt`.',
      ),
    unknown: (type, asked, known) =>
      make(
        type === 'volume' ? 'VOLUME_UNKNOWN' : 'SNAPSHOT_UNKNOWN',
        `The environment has no ${type} "${asked}".`,
        has(known, type),
      ),
    volumeInUse: (name) =>
      make('VOLUME_IN_USE', `${name} is the home of the environment.`, 'Only `sindri destroy` deletes it.'),
  };
}

function has(known: readonly string[], what: string): string {
  return known.length === 0 ? `It has no ${what}s.` : `It has ${known.join(', ')}.`;
}
