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
    summary: 'Use the local stand-in for the cloud (the embedded Fly): no account, no cost.',
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
