import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { coreError } from './error.js';

/** What the command line of `plugins install` means. */
export interface PluginSources {
  /** Folders of this computer, absolute. */
  folders: string[];
  /** Everything else, as npm and the framework take it: a tarball of this computer is `file:` and an absolute path. */
  words: string[];
}

/**
 * Sorts what `plugins install` was given. A path is understood by npm's rules (`./x`, `../x`, `/x`, `x.tgz`, `file:x`), and with a
 * slash at its end; the framework would look for it at GitHub, and npm in another directory. Throws `USAGE` for one that is not there.
 */
export function sortPluginSources(argv: readonly string[], cwd: string): PluginSources {
  const sources: PluginSources = { folders: [], words: [] };
  for (const word of argv) {
    const given = pathIn(word);
    if (given === null) {
      sources.words.push(word);
      continue;
    }
    const found = path.resolve(cwd, given);
    const stats = statSync(found, { throwIfNoEntry: false });
    if (stats === undefined) {
      throw coreError({
        code: 'USAGE',
        kind: 'usage',
        message: `There is no ${given} here, so there is no plugin to install.`,
        hint: 'A package of npm has a name without a path: sindri plugins install sindri-provider-example',
      });
    }
    if (stats.isDirectory()) sources.folders.push(found);
    else sources.words.push(`file:${found}`);
  }
  return sources;
}

/** The path that `word` is, `null` when it is something else. */
function pathIn(word: string): string | null {
  if (word.startsWith('file://')) return fileURLToPath(word);
  if (word.startsWith('file:')) return word.slice('file:'.length);
  if (/^-|:\/\//.test(word) || /^git@/.test(word)) return null;
  return /^\.{1,2}$|^\.{0,2}[/\\]|^[a-z]:[/\\]|[/\\]$|\.(tgz|tar|tar\.gz)$/i.test(word) ? word : null;
}
