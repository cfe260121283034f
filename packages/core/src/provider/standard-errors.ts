import { SindriError, type ErrorCode, type ErrorKind } from '../model/errors.js';
import type { ObservedResource } from '../model/observation.js';
import type { ConfigProblem } from '../model/problem.js';
import type { PlanNote } from '../model/plan.js';
import { nearest } from '../nearest.js';

/** The refusals that every provider has to make: what follows its area in the code, and the kind. */
export const STANDARD_ERRORS = {
  ABSENT: 'refused',
  ASLEEP: 'refused',
  CHANGED: 'incomplete',
  CHANGE_UNKNOWN: 'internal',
  INSTANCE_UNKNOWN: 'usage',
  IMAGE_MISSING: 'refused',
  IMAGE_VERSION: 'usage',
  KEEP: 'usage',
  KEY_FROM_CONFIG: 'refused',
  KEY_UNKNOWN: 'usage',
  KEYS_NOT_WRITTEN: 'incomplete',
  NAME_TAKEN: 'refused',
  SNAPSHOT_UNKNOWN: 'usage',
  SSH_UNAVAILABLE: 'refused',
  VOLUME_IN_USE: 'refused',
  VOLUME_UNKNOWN: 'usage',
} as const satisfies Record<string, ErrorKind>;

/** The codes that {@link standardErrors} gives a provider of an area. */
export type StandardErrorCode<Area extends Uppercase<string>> = `${Area}_${keyof typeof STANDARD_ERRORS}`;

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
  /** `AREA_IMAGE_MISSING`: the platform does not have it, and may not fetch it. */
  imageMissing(reference: string): SindriError;
  /** `AREA_SSH_UNAVAILABLE`: no SSH client gets in; `why` is a sentence. */
  sshUnavailable(why: string): SindriError;
  /** `AREA_IMAGE_VERSION`: a version range for which no tag stands, and no registry was asked. */
  imageVersion(): SindriError;
  /** `AREA_KEEP`: a destroy cannot leave this type. */
  cannotKeep(type: string, keepable: readonly string[]): SindriError;
  /** `AREA_NAME_TAKEN`: what has our name and not our mark. */
  taken(resource: Pick<ObservedResource, 'type' | 'name'>): SindriError;
  /** `AREA_VOLUME_UNKNOWN`, `AREA_SNAPSHOT_UNKNOWN`. */
  unknown(type: 'volume' | 'snapshot', asked: string, known: readonly string[]): SindriError;
  /** `AREA_SNAPSHOT_UNKNOWN`: it is there, and not whole. */
  snapshotNotReady(name: string): SindriError;
  /** `AREA_VOLUME_IN_USE`: `volume.delete` never takes what the environment uses. */
  volumeInUse(name: string): SindriError;
  /** `AREA_KEY_UNKNOWN`: no SSH key of this fingerprint is admitted. */
  unknownKey(fingerprint: string): SindriError;
  /** `AREA_KEY_FROM_CONFIG`: it would be there again at the next start. */
  keyFromConfig(fingerprint: string, secret: string): SindriError;
  /** `AREA_KEYS_NOT_WRITTEN`, with what the environment said. */
  keysNotWritten(said: string): SindriError;
}

/** What every provider has to say about a config: what follows its area in the code, and the severity. */
export const STANDARD_PROBLEMS = {
  SOURCE_BUILD: 'error',
  WORKSPACE_PATH: 'warning',
} as const satisfies Record<string, ConfigProblem['severity']>;

/** The problems of {@link standardProblems}. */
export interface StandardProblems {
  /** `AREA_SOURCE_BUILD`: the provider builds no images. Blocks a deploy. */
  sourceBuild(): ConfigProblem;
  /** `AREA_WORKSPACE_PATH`: a workspace that would not survive an update, and is put elsewhere. */
  workspacePath(path: string): ConfigProblem;
}

/** What `validate` says in the same words at every platform. */
export function standardProblems(area: Uppercase<string>): StandardProblems {
  const make = (
    name: keyof typeof STANDARD_PROBLEMS,
    path: string,
    message: string,
    more: Partial<ConfigProblem> = {},
  ): ConfigProblem => ({
    severity: STANDARD_PROBLEMS[name],
    code: `${area}_${name}`,
    path,
    message,
    ...more,
  });
  return {
    sourceBuild: () =>
      make('SOURCE_BUILD', 'deployment.buildFromSource', 'Images cannot be built from source yet.', {
        blocks: 'deploy',
        hint: 'Build the image with `docker build` and name it in `deployment.image`.',
      }),
    workspacePath: (path) =>
      make(
        'WORKSPACE_PATH',
        'deployment.volumes.workspace.path',
        `${path} is not under the home, so it would not survive; the image's own place is used.`,
      ),
  };
}

/** The remarks that every provider has to make about a plan: what follows its area in the code, and the level. */
export const STANDARD_NOTES = {
  DATA_LOSS: 'warning',
  IMAGE_DEFAULT: 'info',
  KEY_UNTIL_RESTART: 'info',
  SECRET_ABSENT: 'info',
  SECRET_DECLARED: 'info',
  SECRETS_ASLEEP: 'info',
  SECRETS_LIVE: 'info',
  SECRETS_STAGED: 'info',
  VOLUME_REUSED: 'info',
} as const satisfies Record<string, PlanNote['level']>;

/** The notes of {@link standardNotes}. */
export interface StandardNotes {
  /** `AREA_DATA_LOSS`. */
  dataLoss(names: readonly string[]): PlanNote;
  /** `AREA_IMAGE_DEFAULT`: the config names no image. */
  defaultImage(reference: string): PlanNote;
  /** `AREA_KEY_UNTIL_RESTART`: the secret of the config says which keys there are at every start. */
  keyUntilRestart(secret: string): PlanNote;
  /** `AREA_SECRET_ABSENT`: what is to be removed is not set. */
  secretAbsent(names: readonly string[]): PlanNote;
  /** `AREA_SECRET_DECLARED`: the next deploy may set another value. */
  secretDeclared(names: readonly string[]): PlanNote;
  /** `AREA_SECRETS_ASLEEP`: `name` sleeps, and is not woken for its new secrets. */
  secretsAsleep(name: string, state: 'stopped' | 'suspended'): PlanNote;
  /** `AREA_SECRETS_LIVE`: nothing waits. */
  secretsLive(name: string): PlanNote;
  /** `AREA_SECRETS_STAGED`: for whoever stages secrets, and for whoever deploys, starts or restarts while some wait. */
  secretsStaged(names: readonly string[]): PlanNote;
  /** `AREA_VOLUME_REUSED`. `createdAt` is ISO 8601, `null` when unknown. */
  volumeReused(name: string, createdAt: string | null): PlanNote;
}

/** The remarks that are the same at every platform: `standardNotes('MY_CLOUD').dataLoss(['home'])` is `MY_CLOUD_DATA_LOSS`. */
export function standardNotes(area: Uppercase<string>): StandardNotes {
  const make = (name: keyof typeof STANDARD_NOTES, message: string): PlanNote => ({
    level: STANDARD_NOTES[name],
    code: `${area}_${name}`,
    message,
  });
  return {
    dataLoss: (names) => make('DATA_LOSS', `Everything on ${names.join(', ')} is lost for good.`),
    defaultImage: (reference) => make('IMAGE_DEFAULT', `The config names no image: ${reference} is used.`),
    keyUntilRestart: (secret) =>
      make(
        'KEY_UNTIL_RESTART',
        `${secret} comes from the config: the key is admitted until the next start. Add it to the config to keep it.`,
      ),
    secretAbsent: (names) =>
      make('SECRET_ABSENT', `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not set; nothing to remove.`),
    secretDeclared: (names) =>
      make(
        'SECRET_DECLARED',
        `The config names ${names.join(', ')}: where a deploy finds a value for ${names.length === 1 ? 'it' : 'them'}, it sets that one.`,
      ),
    secretsAsleep: (name, state) =>
      make(
        'SECRETS_ASLEEP',
        `${name} is ${state} and stays asleep: it has the new secrets when it is started next.${state === 'suspended' ? ' What it has in memory is dropped.' : ''}`,
      ),
    secretsLive: (name) => make('SECRETS_LIVE', `Every secret of ${name} is live.`),
    secretsStaged: (names) =>
      make(
        'SECRETS_STAGED',
        `Staged: ${names.join(', ')}. \`sindri secrets deploy\` makes ${names.length === 1 ? 'it' : 'them'} live, a restart does not.`,
      ),
    // A day and no age: a plan knows no clock, and the same world gives the same plan tomorrow.
    volumeReused(name, createdAt) {
      const made = createdAt === null ? '' : `, made on ${createdAt.slice(0, 10)},`;
      return make('VOLUME_REUSED', `The volume ${name}${made} is used again, with everything on it.`);
    },
  };
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
    imageMissing: (reference) =>
      make(
        'IMAGE_MISSING',
        `There is no image ${reference} here, and the pull policy is Never.`,
        'Pull or build it, or choose another policy.',
      ),
    sshUnavailable: (why) => make('SSH_UNAVAILABLE', why, '`sindri connect` works without SSH.'),
    imageVersion: () =>
      make(
        'IMAGE_VERSION',
        'No published tag always stays within this version range of the image, and no registry was asked.',
        'Name an exact version, or a range such as `^3.1.0`. Programs can give `images` to openEnvironment.',
      ),
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
    snapshotNotReady: (name) =>
      make('SNAPSHOT_UNKNOWN', `The snapshot ${name} is not whole.`, 'Only a whole one can be restored.'),
    volumeInUse: (name) =>
      make('VOLUME_IN_USE', `${name} is the home of the environment.`, 'Only `sindri destroy` deletes it.'),
    unknownKey: (fingerprint) =>
      make('KEY_UNKNOWN', `No key ${fingerprint} is admitted.`, 'Look at `sindri keys list`.'),
    keyFromConfig: (fingerprint, secret) =>
      make(
        'KEY_FROM_CONFIG',
        `The key ${fingerprint} comes from ${secret} in the config.`,
        'Take it out of that secret and deploy.',
      ),
    keysNotWritten: (said) =>
      make(
        'KEYS_NOT_WRITTEN',
        `The list of SSH keys inside could not be written: ${said}.`,
        'Look at the disk and at ~/.ssh inside.',
      ),
  };
}

function has(known: readonly string[], what: string): string {
  return known.length === 0 ? `It has no ${what}s.` : `It has ${known.join(', ')}.`;
}
