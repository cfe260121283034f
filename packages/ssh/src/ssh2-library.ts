import type * as Ssh2 from 'ssh2';

/** ssh2 costs a tenth of a second to load: only commands that connect pay for it. */
export function loadSsh2(): typeof Ssh2 {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use
  return require('ssh2') as typeof Ssh2;
}
