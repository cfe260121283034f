import { coreError } from '../error.js';
import { quoteWord } from '../operations/shell-words.js';

/** What a block of an OpenSSH client config says. */
export interface HostBlock {
  /** The name that people type: `my-env.sindri`. */
  host: string;
  user: string;
  /** Under which name known_hosts keeps the keys. */
  hostKeyAlias: string;
  /** Absolute file names. */
  knownHosts: string;
  identityFile: string | null;
  /** A program and its arguments whose stdin and stdout are the connection. */
  proxyCommand: readonly string[];
  /** The SSH agent of this computer can be used inside. Default no: whoever is root there could use it too. */
  forwardAgent?: boolean;
}

/** Waking a machine, and admitting a key, may take this long; OpenSSH waits for the greeting of the server. */
const CONNECT_TIMEOUT_S = 240;

/** The text of an own file of ours: one block. Throws `USAGE` for a path that no such file can hold. */
export function formatHostBlock(block: HostBlock): string {
  const { host, user, hostKeyAlias, knownHosts, identityFile, proxyCommand, forwardAgent = false } = block;
  return [
    '# Written by "sindri ssh-config": what you change here is lost the next time.',
    `Host ${host}`,
    `  User ${user}`,
    `  HostKeyAlias ${hostKeyAlias}`,
    `  UserKnownHostsFile ${configPath(knownHosts)}`,
    '  StrictHostKeyChecking yes',
    '  CheckHostIP no',
    '  UpdateHostKeys no',
    ...(identityFile === null ? [] : [`  IdentityFile ${configPath(identityFile)}`, '  IdentitiesOnly yes']),
    ...(forwardAgent ? ['  ForwardAgent yes'] : []),
    `  ConnectTimeout ${CONNECT_TIMEOUT_S}`,
    '  ServerAliveInterval 15',
    // OpenSSH hands this to the shell of the user; before that it replaces %h and the like.
    `  ProxyCommand ${proxyCommand.map((word) => quoteWord(oneLine(word)).replaceAll('%', '%%')).join(' ')}`,
    '',
  ].join('\n');
}

/** The line that makes OpenSSH read our files: all of them, also those of environments to come. */
export function includeLine(directory: string): string {
  return `Include "${quotable(directory)}/*.conf"`;
}

/** A path as a value of an OpenSSH config: in quotes, and without signs that it would replace. */
function configPath(path: string): string {
  return `"${quotable(path).replaceAll('%', '%%')}"`;
}

function quotable(path: string): string {
  if (!/["\\]|\$\{/.test(oneLine(path))) return path;
  throw unusable(path);
}

function oneLine(text: string): string {
  if (!/[\0-\x1f\x7f]/.test(text)) return text;
  throw unusable(text);
}

function unusable(text: string): Error {
  return coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `${JSON.stringify(text)} cannot stand in an OpenSSH config: it has a quote, a backslash, "\${" or a control character.`,
    hint: 'Move the project, or your home directory, to a path without these.',
  });
}
