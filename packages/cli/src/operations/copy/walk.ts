import type { RemoteEntry } from '@sindri/ssh';
import { coreError } from '../../error.js';
import { plainText } from '../../terminal/outside-text.js';
import { quoteWord } from '../shell-words.js';
import { below, nameOf, type CopyPaths, type Place } from './paths.js';
import type { Side } from './side.js';

/** Everything that a copy is going to make, in order: a directory before what is in it. */
export interface CopyList {
  directories: { path: string; mode: number }[];
  files: { from: string; to: string; entry: RemoteEntry }[];
  /** What is neither a file nor a directory, a link in a directory, and what has a name that is not UTF-8: named, not copied. */
  skipped: string[];
}

/** Looks at the sources and at the target, and changes nothing. Rejects with `USAGE` when something is not there or cannot be put there. */
export async function listCopy(
  { sources, target }: CopyPaths,
  [from, to]: readonly [Side, Side],
  { recursive }: { recursive: boolean },
): Promise<CopyList> {
  const list: CopyList = { directories: [], files: [], skipped: [] };
  const place = await to.look(target.path);
  const into = place?.kind === 'directory';
  if (!into && (sources.length > 1 || target.path.endsWith('/'))) throw noDirectory(target, place !== null);
  for (const { path } of sources) {
    const entry = await from.look(path);
    if (entry === null) throw usage(`There is no ${plainText(path)} in the environment.`);
    const name = nameOf(path);
    const goal = into && name !== null ? below(target.path, name) : target.path;
    if (entry.kind === 'directory') {
      if (!recursive) throw usage(`${plainText(path)} is a directory.`, 'Copy it with everything in it: --recursive');
      await walk(path, goal, entry, from, list);
    } else add(path, goal, entry, list);
  }
  return list;
}

/** The target, which must be one: its name says so, or there are several sources. */
function noDirectory({ path, remote }: Place, isThere: boolean): Error {
  const name = path.replace(/(?<=.)\/+$/, '');
  const side = remote ? 'in the environment' : 'on this computer';
  if (isThere) return usage(`${plainText(name)} ${side} is no directory.`, 'Give the name of one.');
  const make = `mkdir -p ${quoteWord(name)}`;
  return usage(
    `There is no directory ${plainText(name)} ${side}.`,
    `Make it first: ${remote ? `sindri exec -- ${make}` : make}`,
  );
}

async function walk(path: string, goal: string, { mode }: RemoteEntry, from: Side, list: CopyList): Promise<void> {
  // Without the right to write nobody could put anything into it.
  list.directories.push({ path: goal, mode: mode | 0o700 });
  for (const { name, entry } of await from.list(path)) {
    // A name is one step down, whatever a server says.
    if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
      throw coreError({
        code: 'COPY_REFUSED',
        kind: 'refused',
        message: `The directory ${plainText(path)} has an entry called ${JSON.stringify(name)}, which is no name.`,
      });
    }
    const [next, target] = [below(path, name), below(goal, name)];
    // Not UTF-8, and nothing is there by the name that it is shown with.
    if (name.includes('\ufffd') && (await from.look(next)) === null) list.skipped.push(next);
    else if (entry.kind === 'directory') await walk(next, target, entry, from, list);
    else add(next, target, entry, list);
  }
}

function add(from: string, to: string, entry: RemoteEntry, list: CopyList): void {
  if (entry.kind === 'file') list.files.push({ from, to, entry });
  else list.skipped.push(from);
}

function usage(message: string, hint?: string): Error {
  return coreError({ code: 'USAGE', kind: 'usage', message, ...(hint === undefined ? {} : { hint }) });
}
