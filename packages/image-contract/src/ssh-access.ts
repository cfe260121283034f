import { homePath } from './home.js';

/**
 * The secret from which the image takes the public keys it admits, one per line. It replaces `authorized_keys` at every boot;
 * without it only the keys that are on the volume already work.
 */
export const authorizedKeysVariable = 'AUTHORIZED_KEYS';

/** Where the keys that are admitted now stand, one a line. */
export const authorizedKeysFile = `${homePath}/.ssh/authorized_keys`;

const home = `"\${ALT_HOME:-${homePath}}"`;
const directory = `${home}/.ssh`;
const keysFile = `${directory}/authorized_keys`;
/** Beside the file itself, so that it takes its place in one step. */
const newFile = `${directory}/authorized_keys.sindri`;

/** A script for `sh -c`, run inside: writes the public keys that are admitted now. */
export const readAuthorizedKeysScript = `cat ${keysFile}`;

/**
 * A script for `sh -c`, run inside by root or by the user: admits one more public key from now on, until the next boot writes the
 * file anew. Arguments: the base64 of the key, and the line to write. Does nothing when the key is there. A file that is there
 * keeps mode and owner; a new one is the user's, for nobody else to read.
 */
export const admitKeyScript = [
  `test -e ${keysFile} || mkdir -p ${directory}`,
  `test -e ${keysFile} || chmod 700 ${directory}`,
  `test -e ${keysFile} || : > ${newFile}`,
  `test -e ${keysFile} || chmod 600 ${newFile}`,
  `test -e ${keysFile} || chown --reference=${home} ${directory} ${newFile}`,
  `test -e ${keysFile} || mv ${newFile} ${keysFile}`,
  // The empty line ends a last line that somebody has left without its end.
  `grep -v "^ *#" ${keysFile} | grep -qF -e "$1" || printf '\\n%s\\n' "$2" >> ${keysFile}`,
].join('\n');

/**
 * A script for `sh -c`, run inside by root or by the user: removes every line with one public key. Argument: the
 * base64 of the key. Mode and owner of the file stay. Whoever is logged in stays so.
 */
export const removeKeyScript = [
  `test -e ${keysFile} || exit 0`,
  `cp -p ${keysFile} ${newFile} || exit 1`,
  `grep -vF -e "$1" ${keysFile} > ${newFile}`,
  // 1 = no line is left; above it the disk is full or the file cannot be read, and then nothing may be lost.
  `test $? -le 1 && mv ${newFile} ${keysFile}`,
].join('\n');

/**
 * A script for `sh -c`, run inside: writes the public host keys. The image keeps them on the volume, so they stay the same for
 * as long as the volume does; other images have them where OpenSSH puts them. Fails while a first boot has made none yet.
 */
export const readHostKeysScript = [
  `cat "\${ALT_HOME:-${homePath}}"/.ssh/host_keys/*.pub 2>/dev/null`,
  'cat /etc/ssh/ssh_host_*_key.pub',
].join(' || ');

/** The scripts, for whoever runs them inside. */
export const accessScripts = {
  readKeys: readAuthorizedKeysScript,
  admitKey: admitKeyScript,
  removeKey: removeKeyScript,
  readHostKeys: readHostKeysScript,
} as const;
