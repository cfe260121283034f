import type { SessionTerminal } from '../operations/keep-session.js';
import type { Shell } from '../shell.js';
import { attachUntilEnd } from './attach.js';
import { awaitEnter } from './await-enter.js';
import { terminalReset } from './raw-mode.js';

/** Out of the screen of an editor, with the cursor where it is. */
const OTHER_SCREEN_OFF = '\u001b[?47l';

/** The terminal that `shell` lends, for a shell that comes back. */
export function sessionTerminal({ streams, signal }: Pick<Shell, 'streams' | 'signal'>): SessionTerminal {
  const { stdin, stdout } = streams;
  return {
    attach: (session) => attachUntilEnd(session, { ...streams, signal, terminal: true }),
    reset: () => void stdout.write(`${terminalReset}${OTHER_SCREEN_OFF}\r\n`),
    awaitEnter: () => awaitEnter(stdin, signal),
  };
}
