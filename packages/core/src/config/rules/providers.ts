import { nearest } from '../../nearest.js';
import { didYouMean } from '../schema/hints.js';
import { warningAtKey } from '../problems-at.js';
import type { ConfigProblem } from '../../model/problem.js';
import { nodeAt, textAt, type MapNode } from '../tree.js';

/**
 * Options of providers that are not chosen, or not even installed, are allowed: one config may serve several. Only what looks
 * like a misspelling of the chosen one is worth a word, because its options are then missing.
 */
export function providerRules(root: MapNode, installed: readonly string[]): ConfigProblem[] {
  const chosen = textAt(root, ['deployment', 'provider']);
  const blocks = nodeAt(root, ['providers']);
  if (chosen === undefined || blocks?.kind !== 'map' || blocks.entries.has(chosen)) return [];
  return [...blocks.entries]
    .filter(([name]) => !installed.includes(name) && nearest(name, [chosen]) !== undefined)
    .map(([, node]) =>
      warningAtKey(node, {
        code: 'CONFIG_PROVIDER_TYPO',
        message: `${node.path} is read by nobody: deployment.provider is "${chosen}".`,
        hint: didYouMean(`providers.${chosen}`),
      }),
    );
}
