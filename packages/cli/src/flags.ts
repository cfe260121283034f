import { CLIError } from '@oclif/core/errors';
import { boolean, custom, option, string } from '@oclif/core/flags';
import { parseDuration } from './operations/duration.js';

/** What every command of Sindri understands. */
export const sharedFlags = {
  config: string({
    char: 'c',
    summary: 'The sindri.yaml to use. Without it: sindri.yaml here or in a parent directory.',
    helpValue: 'FILE',
    env: 'SINDRI_CONFIG',
    helpGroup: 'GLOBAL',
  }),
  local: boolean({
    summary: "Use the provider's local emulator instead of the cloud: no account, no cost.",
    env: 'SINDRI_LOCAL',
    helpGroup: 'GLOBAL',
  }),
  json: boolean({
    summary: 'Print one JSON document on stdout, also when the command fails.',
    env: 'SINDRI_JSON',
    helpGroup: 'GLOBAL',
  }),
  output: option({
    summary: 'text for people, json for one document, ndjson for one event per line and the answer last.',
    options: ['text', 'json', 'ndjson'] as const,
    env: 'SINDRI_OUTPUT',
    helpGroup: 'GLOBAL',
  })(),
  'no-input': boolean({
    summary: 'Never ask; what is missing is an error that names the flag.',
    env: 'SINDRI_NO_INPUT',
    helpGroup: 'GLOBAL',
  }),
  debug: boolean({
    summary: 'Show API requests and stack traces on stderr.',
    env: 'SINDRI_DEBUG',
    helpGroup: 'GLOBAL',
  }),
};

export interface SharedFlags {
  config?: string;
  local: boolean;
  json: boolean;
  output?: 'text' | 'json' | 'ndjson';
  'no-input': boolean;
  debug: boolean;
}

/** `600`, `600s`, `10m`, `1h`; the value is in milliseconds. */
export const durationFlag = durationOf(0, 'a duration such as 90, 10m or 2h');

/** A pause between two looks. Less than a second would only run into the platform's rate limits. */
export const lookIntervalFlag = durationOf(1_000, 'a duration of at least 1 s, such as 5 or 1m');

/** For whoever shows a plan. */
export const verboseFlag = boolean({
  summary: 'Show every note of the plan, also those that an earlier deploy has told. --json always has all.',
});

/** What every command that changes something understands, beside {@link sharedFlags}. */
export const changeFlags = {
  'dry-run': boolean({ summary: 'Show the plan and stop.', exclusive: ['plan'] }),
  plan: string({ summary: 'Apply this plan, saved by plan --out or by --dry-run --json.', helpValue: 'FILE' }),
  yes: boolean({ char: 'y', summary: 'Do not ask.', env: 'SINDRI_YES' }),
  timeout: durationFlag({ summary: 'Give up after this time (600, 10m). Default: no limit.' }),
  'lock-timeout': durationFlag({ summary: 'How long to wait for a lock that somebody else holds. Default: 60 s.' }),
  verbose: verboseFlag,
};

export interface ChangeFlags {
  'dry-run': boolean;
  plan?: string;
  yes: boolean;
  timeout?: number;
  'lock-timeout'?: number;
  verbose: boolean;
}

/** Where the values of secrets come from, instead of the files beside the config. */
export const envFileFlag = string({
  summary: 'Take secrets from this file instead of .env.local and .env beside sindri.yaml. The shell comes first.',
  helpValue: 'FILE',
});

/** For secrets that are to be seen later. */
export const stageFlag = boolean({
  summary:
    'Only keep it at the provider: nothing is restarted, and nothing sees it before secrets deploy or the next update.',
});

/** Where the image of a deploy comes from. */
export const fromSourceFlag = boolean({
  summary:
    'Build the image from source, as with buildFromSource in sindri.yaml: of its gitRef, else of the newest release.',
  exclusive: ['image'],
});

/** How far the image of a deploy is trusted. */
export const imageFlags = {
  frozen: boolean({
    summary: 'Use only the image that sindri.lock remembers; refuse when the registry has another one now.',
  }),
  'skip-image-verification': boolean({
    summary: 'Use the image although nobody has checked who signed and built it. The plan says so.',
    env: 'SINDRI_SKIP_IMAGE_VERIFICATION',
  }),
};

export interface ImageFlags {
  frozen: boolean;
  'skip-image-verification': boolean;
}

/** What {@link imageFlags} mean for {@link OpenRequest.images}. `version` is that of the command line, for `pin-to-cli`. */
export function imagePolicyOf(
  flags: Partial<ImageFlags>,
  version: string,
): { frozen: boolean; skipVerification: boolean; toolVersion: string } {
  return {
    frozen: flags.frozen ?? false,
    skipVerification: flags['skip-image-verification'] ?? false,
    toolVersion: version,
  };
}

/** What another tool has made is not ours to change, unless somebody says so. */
export function adoptFlag(what: string) {
  return boolean({
    summary: `${what} what has the names of this environment although Sindri did not make it: another tool, or somebody by hand. Without it such a thing is refused. The plan lists it with "=".`,
  });
}

/** Which of several machines, containers or replicas is meant; `otherwise` says what holds without it. */
export function instanceFlag(otherwise: string) {
  return string({
    summary: `Which instance, by the name that status lists. Default: ${otherwise}.`,
    helpValue: 'NAME',
  });
}

/** Where one connects to a single instance. */
export const connectedInstanceFlag = instanceFlag('the only one, or the first that runs');

/** Where one signs in, when several providers have a way to. */
export const providerFlag = string({
  char: 'p',
  summary: 'Which provider. Default: the only one that has a sign-in; for status, all of them.',
  helpValue: 'NAME',
});

/** How to reach the environment. The values are those of the provider: help lists them. */
export const methodFlag = string({
  summary: 'Connection method: auto, or one that the provider has, see --help.',
  helpValue: 'METHOD',
  env: 'SINDRI_METHOD',
});

function durationOf(minimumMs: number, expected: string) {
  return custom<number>({
    helpValue: 'DURATION',
    async parse(input) {
      const ms = parseDuration(input);
      if (ms !== null && ms >= minimumMs) return ms;
      throw new CLIError(`expected ${expected}, got "${input}"`);
    },
  });
}
