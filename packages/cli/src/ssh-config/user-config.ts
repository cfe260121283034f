import { lstat, readFile } from 'node:fs/promises';
import { core } from '../lazy.js';

/** Why a file of the user cannot be changed by us. */
export type Untouchable = 'link' | 'read-only' | 'not-a-file' | 'too-large' | 'unreadable';

/** What was found of the user's own `~/.ssh/config`. */
export interface UserConfig {
  /** `null` when there is no such file. */
  text: string | null;
  /** Absent = it can be changed. */
  untouchable?: Untouchable;
}

const MAX_BYTES = 1024 * 1024;

/** Looks at the user's config. Never follows a link: what it leads to (a repository of dotfiles) is not ours to change. */
export async function readUserConfig(file: string): Promise<UserConfig> {
  const unreadable = { text: '', untouchable: 'unreadable' } as const;
  const found = await lstat(file).catch(({ code }: NodeJS.ErrnoException) =>
    code === 'ENOENT' || code === 'ENOTDIR' ? null : unreadable,
  );
  if (found === null) return { text: null };
  if ('untouchable' in found) return found;
  if (found.size > MAX_BYTES) return { text: '', untouchable: 'too-large' };
  if (found.isSymbolicLink()) return { text: await readFile(file, 'utf8').catch(() => ''), untouchable: 'link' };
  if (!found.isFile()) return { text: '', untouchable: 'not-a-file' };
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return unreadable;
  return (found.mode & 0o200) === 0 ? { text, untouchable: 'read-only' } : { text };
}

/** Whether `text` has our line where it holds for every host: before the first `Host` or `Match`. */
export function hasInclude(text: string, line: string): boolean {
  for (const own of text.split(/\r?\n/).map((words) => words.trim())) {
    if (/^(host|match)\b/i.test(own)) return false;
    if (own.replace(/\s+/g, ' ') === line) return true;
  }
  return false;
}

/** The text with our line in front; everything else stays as it is. */
export function withInclude(text: string, line: string): string {
  return `${line}\n${text === '' ? '' : '\n'}${text}`;
}

/** The text without our line, and without the empty line that came with it. */
export function withoutInclude(text: string, line: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((own) => own.trim().replace(/\s+/g, ' ') === line);
  if (at === -1) return text;
  const empty = lines[at + 1]?.trim() === '' && at + 2 < lines.length ? 2 : 1;
  lines.splice(at, empty);
  return lines.join('\n');
}

/** Replaces the file in one step, with the mode that it had. Rejects with `FILE_UNWRITABLE`, and leaves the old content then. */
export async function replaceUserConfig(file: string, text: string): Promise<void> {
  const mode = await lstat(file).then(
    (found) => found.mode & 0o777,
    () => 0o600,
  );
  await core().replaceFile(file, text, mode);
}
