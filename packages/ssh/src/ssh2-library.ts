import type * as Ssh2 from 'ssh2';

/** ssh2 costs a tenth of a second to load: only commands that connect pay for it. */
export function loadSsh2(): typeof Ssh2 {
  return require('ssh2') as typeof Ssh2;
}
