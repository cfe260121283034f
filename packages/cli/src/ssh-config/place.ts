import path from 'node:path';
import type { Environment } from '@sindri/core';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Env } from '../shell.js';

/** Where everything about one environment stands in the SSH configuration of this user. */
export interface SshPlace {
  /** The name that people type: `my-env.sindri`, and for one of several instances `my-env-2.my-env.sindri`. */
  host: string;
  /** `~/.ssh/config`, which is the user's. */
  userConfig: string;
  /** `~/.ssh/sindri`, which is ours. */
  directory: string;
  /** The names of our two files in it. */
  config: string;
  knownHosts: string;
}

/** Which environment, and which of its instances. */
export interface SshPlaceRequest {
  local: boolean;
  /** Absent = whichever answers. */
  instance?: string | undefined;
}

/**
 * A place for each environment, and for each instance that is named; one at a local emulator is another one than that of the same name in
 * the cloud. Throws `USAGE` for an instance that no name of a host can be made of.
 */
export function sshPlace(
  { spec }: Pick<Environment, 'spec'>,
  env: Env,
  { local, instance }: SshPlaceRequest,
): SshPlace {
  const home = path.join(core().homeDirectory(env), '.ssh');
  const whole = `${spec.name}${local ? '.local' : ''}.sindri`;
  const host = instance === undefined ? whole : `${hostWord(instance)}.${whole}`;
  return {
    host,
    userConfig: path.join(home, 'config'),
    directory: path.join(home, 'sindri'),
    config: `${host}.conf`,
    knownHosts: `${host}.known_hosts`,
  };
}

/** Whether a file of ours, by its name, belongs to an instance of the environment at `place`. */
export function isOfInstance(file: string, { config, knownHosts }: Pick<SshPlace, 'config' | 'knownHosts'>): boolean {
  return file.endsWith(`.${config}`) || file.endsWith(`.${knownHosts}`);
}

function hostWord(instance: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})$/.test(instance)) return instance;
  throw coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `${JSON.stringify(instance)} is no name of an instance.`,
    hint: 'status lists the instances.',
  });
}
