import type { VersionResult } from '../operations/version.js';
import { oneLine } from './one-line.js';

/** The line of `--version`, and below it the plugins that somebody has added. */
export function formatVersion({ plugins }: VersionResult, first: string): string {
  const added = plugins.filter(({ type }) => type !== 'core');
  return [first, ...added.map(({ name, version, type }) => oneLine(`${name} ${version} (${type})`))].join('\n');
}
