import { coreError } from '../error.js';
import type { Shell } from '../shell.js';

/** Far more than any credential has. */
const LONGEST_INPUT = 256 * 1024;

/** What comes on standard input, to its end: the way for a credential that never stands on a command line. */
export async function readCredential({ streams: { stdin }, signal, redactor }: Shell): Promise<string> {
  if (stdin.isTTY === true) throw noPipe('standard input is this terminal, where it would be shown');
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (): void => void stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk as Buffer | string);
      size += bytes.length;
      if (size > LONGEST_INPUT) throw noPipe('what came is far longer than any credential');
      chunks.push(bytes);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  const text = Buffer.concat(chunks).toString('utf8').trim();
  if (text === '') throw noPipe('nothing came');
  for (const line of text.split(/\s+/)) redactor.add(line);
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
