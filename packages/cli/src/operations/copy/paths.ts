import { coreError } from '../../error.js';

/** One end of a copy. */
export interface Place {
  remote: boolean;
  /** Remote: as the server reads it, `.` being the home. Local: as it was typed. */
  path: string;
}

/** What is to be copied where: one direction, and one place to put it. */
export interface CopyPaths {
  sources: Place[];
  target: Place;
}

/** `:notes.txt` is in the environment, `notes.txt` and `./:odd` are here. Throws `USAGE`. */
export function readCopyPaths(words: readonly string[]): CopyPaths {
  const places = words.map(readPlace);
  const target = places.at(-1);
  const sources = places.slice(0, -1);
  if (target === undefined || sources.length === 0) throw usage('From where, and to where?');
  const sides = new Set(sources.map(({ remote }) => remote));
  if (sides.size > 1 || sides.has(target.remote)) {
    const both = target.remote ? 'in the environment' : 'on this computer';
    throw usage(
      sides.size > 1 ? 'All sources must be on the same side.' : `The source and the target are both ${both}.`,
    );
  }
  return { sources, target };
}

function readPlace(word: string): Place {
  if (word === '') throw usage('A path is empty.');
  if (!word.startsWith(':')) return { remote: false, path: word };
  const path = word.slice(1).replace(/^~(\/|$)/, '');
  return { remote: true, path: path === '' ? '.' : path };
}

/** `a/b/` → `b`; `null` for a path that has no name of its own, such as `.` or `/`. */
export function nameOf(path: string): string | null {
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return name === '' || name === '.' || name === '..' ? null : name;
}

/** A name below a directory of the environment, or of this computer. */
export function below(directory: string, name: string): string {
  if (directory === '.' || directory === '') return name;
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}

function usage(message: string): Error {
  return coreError({
    code: 'USAGE',
    kind: 'usage',
    message,
    hint: 'A path in the environment begins with ":", relative to the home: sindri cp notes.txt :notes.txt',
  });
}
