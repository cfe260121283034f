import path from 'node:path';
import { coreError } from '../error.js';
import { core } from '../lazy.js';

export interface NamedFile {
  /** As it was typed. */
  file: string;
  cwd: string;
  maximumBytes: number;
  /** What people call it, as in "The plan next.json"; default: the name alone. */
  called?: string;
  hint?: string;
}

/**
 * The text of a file that stands on the command line. What was given to this process may be a pipe (`/dev/stdin`, `<(…)`); another pipe
 * or a device is refused rather than waited for. Rejects with `USAGE`.
 */
export async function readNamedFile({ file, cwd, maximumBytes, called = file, hint }: NamedFile): Promise<string> {
  const result = await core().readLimitedText(path.resolve(cwd, file), maximumBytes, { pipes: true });
  if ('text' in result) return result.text;
  throw coreError({ code: 'USAGE', kind: 'usage', message: `${called} cannot be read: ${result.reason}.`, hint });
}
