import path from 'node:path';
import type { Environment } from '@sindri/core';
import { core } from '../lazy.js';
import type { Env } from '../shell.js';

/** Where everything about one environment stands in the SSH configuration of this user. */
export interface SshPlace {
  /** The name that people type: `my-env.sindri`. */
  host: string;
  /** `~/.ssh/config`, which is the user's. */
  userConfig: string;
  /** `~/.ssh/sindri`, which is ours. */
  directory: string;
  /** The names of our two files in it. */
  config: string;
  knownHosts: string;
}

/** A place for each environment; one at a local emulator is another one than that of the same name in the cloud. */
export function sshPlace({ spec }: Pick<Environment, 'spec'>, env: Env, { local }: { local: boolean }): SshPlace {
  const home = path.join(core().homeDirectory(env), '.ssh');
  const host = `${spec.name}${local ? '.local' : ''}.sindri`;
  return {
    host,
    userConfig: path.join(home, 'config'),
    directory: path.join(home, 'sindri'),
    config: `${host}.conf`,
    knownHosts: `${host}.known_hosts`,
  };
}
