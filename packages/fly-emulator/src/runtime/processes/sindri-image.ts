import { promises as fs, readFileSync } from 'node:fs';
import path from 'node:path';
import { utils } from 'ssh2';
import { generateHostKey } from '../ssh/host-key.js';
import type { MachinePlaces } from './machine-root.js';

/** What the Sindri image's entrypoint does at boot, as far as a person or a client can tell. */
export interface ImageBoot {
  /** The SSH host key, kept on the volume. */
  hostKeyPem: string;
  /** Text of `authorized_keys` as it is now. */
  authorizedKeys(): string;
}

type BootLog = (message: string, level?: 'info' | 'warn' | 'error') => void;

/** A setting that makes the image's boot script give up. */
export class ImageBootError extends Error {}

/**
 * Prepares the home directory the way the image does on each boot: skeleton and directories on the first, then authorized keys,
 * host keys, git identity. Rejects with `ImageBootError` where the image exits with 1.
 */
export async function bootSindriImage(
  places: MachinePlaces,
  env: Readonly<Record<string, string>>,
  log: BootLog,
): Promise<ImageBoot> {
  await prepareHome(places.home);
  await writeAuthorizedKeys(places.home, env.AUTHORIZED_KEYS, log);
  const hostKeyPem = await restoreHostKey(places.home, log);
  await writeGitIdentity(places.home, env);
  await skipInstallation(places.home, env, log);
  return { hostKeyPem, authorizedKeys: () => readIfPresent(authorizedKeysFile(places.home)) };
}

async function prepareHome(home: string): Promise<void> {
  const directories = [
    '.sindri/extensions',
    '.sindri/cache',
    '.sindri/state',
    '.sindri/logs',
    '.sindri/services',
    'workspace/projects',
    'workspace/config',
    'workspace/scripts',
    'workspace/bin',
  ];
  for (const directory of directories) await fs.mkdir(path.join(home, directory), { recursive: true });
  await fs.mkdir(path.join(home, '.ssh', 'host_keys'), { recursive: true, mode: 0o700 });
  await fs.chmod(path.join(home, '.ssh'), 0o700);
  for (const [name, text] of Object.entries(SKELETON)) {
    // What the user has made of these files stays.
    await fs.writeFile(path.join(home, name), text, { flag: 'wx' }).catch(ignoreExisting);
  }
}

/** The prompt names the app, as people know their environment by it. */
const PROMPT = `PS1="developer@\${FLY_APP_NAME:-machine}:"'\\w$ '\n`;
const PATHS = `export PATH="$HOME/.local/bin:$WORKSPACE/bin:$PATH"\n`;
const SKELETON = {
  '.profile': `${PATHS}if [ -n "$BASH_VERSION" ]; then\n  if [ -f "$HOME/.bashrc" ]; then . "$HOME/.bashrc"; fi\nelse\n  ${PROMPT}fi\n`,
  '.bashrc': `case $- in\n  *i*) ;;\n  *) return ;;\nesac\n${PROMPT}`,
  '.sindri/.initialized': '',
};

function authorizedKeysFile(home: string): string {
  return path.join(home, '.ssh', 'authorized_keys');
}

async function writeAuthorizedKeys(home: string, keys: string | undefined, log: BootLog): Promise<void> {
  if (keys === undefined || keys.trim() === '') {
    log('AUTHORIZED_KEYS is not set: only keys already on the volume can log in', 'warn');
    return;
  }
  const file = authorizedKeysFile(home);
  await fs.writeFile(file, keys.endsWith('\n') ? keys : `${keys}\n`, { mode: 0o600 });
  await fs.chmod(file, 0o600);
}

async function restoreHostKey(home: string, log: BootLog): Promise<string> {
  const file = path.join(home, '.ssh', 'host_keys', 'ssh_host_ed25519_key');
  const kept = readIfPresent(file);
  if (kept !== '' && !(utils.parseKey(kept) instanceof Error)) return kept;
  const made = generateHostKey('root@machine');
  await fs.writeFile(file, made.privatePem, { mode: 0o600 });
  await fs.writeFile(`${file}.pub`, `${made.publicLine}\n`, { mode: 0o600 });
  log(
    kept === '' ? 'Generated SSH host keys' : 'The SSH host key could not be read: generated a new one',
    kept === '' ? 'info' : 'warn',
  );
  return made.privatePem;
}

async function writeGitIdentity(home: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { GIT_USER_NAME: name, GIT_USER_EMAIL: email } = env;
  if (name !== undefined && !/^[\p{L}\p{N}. _-]+$/u.test(name)) throw new ImageBootError('Invalid GIT_USER_NAME');
  if (email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    throw new ImageBootError('Invalid GIT_USER_EMAIL');
  if (name === undefined && email === undefined) return;
  const lines = [name === undefined ? '' : `\tname = ${name}\n`, email === undefined ? '' : `\temail = ${email}\n`];
  await fs.writeFile(path.join(home, '.gitconfig'), `[user]\n${lines.join('')}`, { flag: 'wx' }).catch(ignoreExisting);
}

/** Extensions are not installed here; the marker says that there is nothing to wait for. */
async function skipInstallation(home: string, env: Readonly<Record<string, string>>, log: BootLog): Promise<void> {
  if (env.INSTALL_PROFILE)
    log(`Profile ${env.INSTALL_PROFILE}: installation completed, the emulator installs no extensions`);
  await fs.writeFile(path.join(home, '.sindri', 'bootstrap-complete'), '', { flag: 'a' });
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
