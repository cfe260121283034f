import type { ConfigProblem } from '../model/problem.js';
import { warningAtKey } from './problems-at.js';
import type { MapNode } from './tree.js';

/** What older files have at their top, and nobody reads. */
const IGNORED = ['metadata'];

/** Leaves out what is tolerated so that older files can be used as they are, and says so. */
export function dropIgnored(root: MapNode): { root: MapNode; problems: ConfigProblem[] } {
  const entries = new Map(root.entries);
  const problems: ConfigProblem[] = [];
  for (const key of IGNORED) {
    const node = entries.get(key);
    if (node === undefined) continue;
    entries.delete(key);
    problems.push(
      warningAtKey(node, {
        code: 'CONFIG_NO_EFFECT',
        message: `${node.path} has no effect: nothing reads it.`,
        hint: 'For notes of yours there are keys that begin with `x-`.',
      }),
    );
  }
  return { root: { ...root, entries }, problems };
}
