import { coreError } from '../error.js';
import type { Shell } from '../shell.js';
import { readStdin } from './read-stdin.js';

/** Far more than any credential has. */
const LONGEST_INPUT = 256 * 1024;

/** What comes on standard input, to its end: the way for a credential that never stands on a command line. */
export async function readCredential(shell: Shell): Promise<string> {
  if (shell.streams.stdin.isTTY === true) throw noPipe('standard input is this terminal, where it would be shown');
  const tooLong = () => noPipe('what came is far longer than any credential');
  const text = (await readStdin(shell, LONGEST_INPUT, tooLong)).toString('utf8').trim();
  if (text === '') throw noPipe('nothing came');
  for (const line of text.split(/\s+/)) shell.redactor.add(line);
  return text;
}

function noPipe(why: string) {
  return coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `--with-token reads the credential from standard input, and ${why}.`,
    hint: 'Send it in: sindri auth login --with-token < FILE',
  });
}
