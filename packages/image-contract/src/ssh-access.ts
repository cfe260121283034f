import { homePath } from './home.js';

/**
 * The secret from which the image takes the public keys it admits, one per line. It replaces `authorized_keys` at every boot;
 * without it only the keys that are on the volume already work.
 */
export const authorizedKeysVariable = 'AUTHORIZED_KEYS';

/** A script for `sh -c`, run inside: writes the public keys that are admitted now. */
export const readAuthorizedKeysScript = `cat "\${ALT_HOME:-${homePath}}"/.ssh/authorized_keys`;

/**
 * A script for `sh -c`, run inside: writes the public host keys. The image keeps them on the volume, so they stay the same for
 * as long as the volume does; other images have them where OpenSSH puts them. Fails while a first boot has made none yet.
 */
export const readHostKeysScript = [
  `cat "\${ALT_HOME:-${homePath}}"/.ssh/host_keys/*.pub 2>/dev/null`,
  'cat /etc/ssh/ssh_host_*_key.pub',
].join(' || ');
