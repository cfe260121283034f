import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Environment, SshTarget } from '@sindri/core';
import { coreError } from '../error.js';
import { core, ssh } from '../lazy.js';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { Shell } from '../shell.js';
import { platformTitle } from '../format/platform-title.js';
import { formatHostBlock, includeLine } from '../ssh-config/host-block.js';
import { isOfInstance, sshPlace, type SshPlace } from '../ssh-config/place.js';
import {
  hasInclude,
  readUserConfig,
  replaceUserConfig,
  withInclude,
  withoutInclude,
  type Untouchable,
} from '../ssh-config/user-config.js';
import { makeDirectory } from './make-directory.js';
import { stateDirFor } from './open.js';
import { wakeForSsh } from './ssh-route.js';

export interface SshConfigRequest {
  action: 'install' | 'print' | 'remove';
  /** Change the user's own config without asking. */
  yes: boolean;
  local: boolean;
  /** One of several instances, which gets a name of its own. */
  instance?: string | undefined;
  /** Let the SSH agent of this computer be used inside. */
  forwardAgent?: boolean;
  /** Another command writes it on its way, which takes `--yes` too. */
  isPartOfAnother?: boolean;
  next?: NextCommand;
}

export interface SshConfigResult {
  schema: 'sindri.ssh-config/1';
  environment: string;
  provider: string;
  /** The one that was asked for. */
  instance?: string;
  /** What people type after `ssh`. */
  host: string;
  status: 'installed' | 'printed' | 'removed';
  /** Our own file, which holds the block. */
  file: string;
  /** The block, and for a removal nothing. */
  block: string;
  /** Who logs in, and where that person works; absent after a removal, or when the provider does not tell. */
  user?: string;
  directory?: string;
  /** The line that the user's own config needs in front, and whether it has been put there by this run. */
  include: { file: string; line: string; state: 'present' | 'added' | 'removed' | 'absent' };
}

/** Writes, prints or removes what OpenSSH, and every editor that stands on it, needs to reach the environment by its name. */
export async function sshConfig(
  environment: Environment,
  shell: Shell,
  request: SshConfigRequest,
): Promise<SshConfigResult> {
  const place = sshPlace(environment, shell.env, request);
  const { instance } = request;
  const line = includeLine(place.directory);
  const common = {
    schema: 'sindri.ssh-config/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    ...(instance === undefined ? {} : { instance }),
    host: place.host,
    file: path.join(place.directory, place.config),
  } as const;
  const include = { file: place.userConfig, line };
  if (request.action === 'remove') {
    return { ...common, status: 'removed', block: '', include: { ...include, state: await remove(place, line) } };
  }
  const { block, knownHosts, user, directory } = await describe(environment, shell, place, request);
  const told = { ...common, block, user, ...(directory === undefined ? {} : { directory }) };
  if (request.action === 'print') {
    const { text } = await readUserConfig(place.userConfig);
    const state = hasInclude(text ?? '', line) ? 'present' : 'absent';
    return { ...told, status: 'printed', include: { ...include, state } };
  }
  await writeOwn(place, { [place.knownHosts]: knownHosts, [place.config]: block }, request);
  const state = await addInclude(place, line, shell, request);
  return { ...told, status: 'installed', include: { ...include, state } };
}

async function describe(
  environment: Environment,
  shell: Shell,
  place: SshPlace,
  { action, local, instance, forwardAgent = false, next = plainCommand }: SshConfigRequest,
): Promise<{ block: string; knownHosts: string } & Pick<SshTarget, 'user' | 'directory'>> {
  if (environment.file === null) {
    throw coreError({
      code: 'USAGE',
      kind: 'usage',
      message: 'Only an environment with a config file has an SSH name.',
    });
  }
  shell.say((style) =>
    style.dim(`Asking ${platformTitle(environment.provider.title, local)} how SSH reaches ${environment.spec.name} …`),
  );
  const target = await wakeForSsh(environment, instance);
  const [node, entry] = [process.execPath, process.argv[1]] as const;
  const program = entry === undefined ? next('ssh-proxy').split(' ') : [node, path.resolve(entry), 'ssh-proxy'];
  const config = path.resolve(shell.cwd, environment.file);
  const { hostKeyAlias, hostKeys } = target;
  const pins = ssh().hostKeyStore(stateDirFor(shell, { local }));
  // What is printed has no file of its own in ~/.ssh, and is to work.
  if (action === 'print') await pins.set(hostKeyAlias, hostKeys);
  const block = formatHostBlock({
    host: place.host,
    user: target.user,
    hostKeyAlias,
    knownHosts: action === 'print' ? pins.knownHostsFile(hostKeyAlias) : path.join(place.directory, place.knownHosts),
    identityFile: target.identityFile,
    proxyCommand: [
      ...program,
      '-c',
      config,
      ...(local ? ['--local'] : []),
      ...(instance === undefined ? [] : ['--instance', instance]),
    ],
    forwardAgent,
  });
  return { ...target, block, knownHosts: ssh().formatKnownHosts(hostKeyAlias, hostKeys) };
}

async function writeOwn(
  { directory, host }: SshPlace,
  contents: Readonly<Record<string, string>>,
  { next = plainCommand }: SshConfigRequest,
): Promise<void> {
  const files = core().createFileStore(directory);
  try {
    for (const [name, text] of Object.entries(contents)) await files.write(name, text);
  } catch (cause) {
    const message = `${directory} cannot be written: ${core().whyUnwritable(cause).reason}.`;
    const hint = `Keep what is printed anywhere else: ${next('ssh-config --print')}\nThen: ssh -F FILE ${host}`;
    throw coreError({ code: 'SSH_CONFIG_UNTOUCHED', kind: 'refused', message, hint, cause });
  }
}

/** Asks once: whoever has the line has agreed to it. */
async function addInclude(
  { userConfig, host }: SshPlace,
  line: string,
  shell: Shell,
  { yes, isPartOfAnother = false, next = plainCommand }: SshConfigRequest,
): Promise<'present' | 'added'> {
  const { text, untouchable } = await readUserConfig(userConfig);
  if (hasInclude(text ?? '', line)) return 'present';
  const byHand = `Put this line in front of everything else in ${userConfig}:\n  ${line}\nThen: ssh ${host}`;
  if (untouchable !== undefined) {
    const message = `${userConfig} ${said[untouchable]}, so it was left alone.`;
    throw coreError({ code: 'SSH_CONFIG_UNTOUCHED', kind: 'refused', message, hint: byHand, details: { line } });
  }
  if (!yes) {
    if (shell.prompts === null) {
      const message = `${userConfig} needs one line in front, and there is nobody to ask.`;
      const first = isPartOfAnother ? 'Give --yes to this command, or run once: ' : 'Run: ';
      const hint = `${first}${next('ssh-config --yes')}\nOr by hand: ${byHand.charAt(0).toLowerCase()}${byHand.slice(1)}`;
      throw coreError({
        code: 'CONFIRMATION_REQUIRED',
        kind: 'usage',
        message,
        hint,
        details: { flag: '--yes', line },
      });
    }
    shell.say((style) => `${userConfig} gets one line in front, and nothing else changes:\n  ${style.bold(line)}`);
    if (!(await shell.prompts.confirm('Add it?', shell.signal))) {
      throw coreError({
        code: 'OPERATION_CANCELLED',
        kind: 'cancelled',
        message: 'Nothing was changed there.',
        hint: byHand,
      });
    }
  }
  await makeDirectory(path.dirname(userConfig), 0o700);
  await replaceUserConfig(userConfig, withInclude(text ?? '', line)).catch((cause: Error) => {
    const message = `${userConfig} cannot be written: ${core().whyUnwritable(cause).reason}.`;
    throw coreError({ code: 'SSH_CONFIG_UNTOUCHED', kind: 'refused', message, hint: byHand, details: { line }, cause });
  });
  return 'added';
}

/** With the environment go the names of its instances; the line goes with the last environment. */
async function remove(place: SshPlace, line: string): Promise<'present' | 'removed' | 'absent'> {
  const files = core().createFileStore(place.directory);
  const ours = (await readdir(place.directory).catch(() => [])).filter((file) => isOfInstance(file, place));
  for (const file of [place.config, place.knownHosts, ...ours]) await files.delete(file);
  const { text, untouchable } = await readUserConfig(place.userConfig);
  const left = await readdir(place.directory).catch(() => []);
  if (text === null || !hasInclude(text, line)) return 'absent';
  if (left.some((name) => name.endsWith('.conf')) || untouchable !== undefined) return 'present';
  const rest = withoutInclude(text, line);
  // A file that held nothing but our line was made by us.
  if (rest.trim() === '') await rm(place.userConfig);
  else await replaceUserConfig(place.userConfig, rest);
  await rmdir(place.directory).catch(() => undefined);
  return 'removed';
}

const said: Record<Untouchable, string> = {
  link: 'is a link to another file',
  'read-only': 'is read-only',
  'not-a-file': 'is not a file',
  'too-large': 'is larger than 1 MB',
  unreadable: 'cannot be read',
};
