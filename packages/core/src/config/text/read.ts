import type { SindriError } from '../../model/errors.js';
import { readLimitedText } from './read-limited.js';
import { coreError } from '../../model/core-error.js';

/** Far above any real config, low enough that a wrong file is refused at once. */
export const MAXIMUM_CONFIG_BYTES = 256 * 1024;

/** The text of a config file; `named`: this user has named it, so that it may be standard input. Rejects with `CONFIG_UNREADABLE`: no permission, too large, not UTF-8, not a file. */
export async function readConfigFile(file: string, displayName: string, named = false): Promise<string> {
  const result = await readLimitedText(file, MAXIMUM_CONFIG_BYTES, { pipes: named, mark: true });
  if ('text' in result) return result.text;
  const { reason, absent } = result;
  // It was found a moment ago.
  if (absent) {
    throw unreadable(
      file,
      `${displayName} is a link that leads nowhere.`,
      'Make what it leads to, remove it, or name another file.',
    );
  }
  if (reason.startsWith('larger')) throw tooLarge(file, displayName);
  if (reason === 'not a text file') {
    throw unreadable(file, `${displayName} is not a text file in UTF-8.`, 'Save it as UTF-8, or name another file.');
  }
  const hints: Readonly<Record<string, string>> = {
    'no permission': 'Check its permissions.',
    'not a regular file': `Name a file. What comes through a pipe: -c /dev/stdin < ${displayName}`,
  };
  const hint = hints[reason];
  throw unreadable(file, `${displayName} cannot be read: ${reason}.`, hint);
}

/** The same limit for a text that came from elsewhere. */
export function requireConfigSize(text: string, displayName: string): void {
  if (text.length > MAXIMUM_CONFIG_BYTES) throw tooLarge(displayName, displayName);
}

function tooLarge(file: string, displayName: string): SindriError {
  const limit = MAXIMUM_CONFIG_BYTES / 1024;
  return unreadable(
    file,
    `${displayName} is larger than ${limit} KB.`,
    'This is hardly a sindri.yaml; name another file.',
  );
}

function unreadable(file: string, message: string, hint?: string): SindriError {
  return coreError({ code: 'CONFIG_UNREADABLE', kind: 'usage', message, hint, details: { file } });
}
