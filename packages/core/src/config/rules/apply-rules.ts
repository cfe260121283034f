import type { ConfigProblem } from '../../model/problem.js';
import { extensionRules } from './extensions.js';
import { imageRules } from './image.js';
import { plainTextRules } from './plain-text.js';
import { providerRules } from './providers.js';
import { resourceRules } from './resources.js';
import { secretRules } from './secrets.js';
import type { MapNode } from '../tree.js';

/**
 * What a schema cannot say, or not in words that help: combinations of keys, sizes, image references, names that are known.
 * Looks past what has the wrong type: that is the schema's to refuse. `installed` are the names of the providers.
 */
export function applyRules(root: MapNode, installed: readonly string[]): ConfigProblem[] {
  return [
    ...extensionRules(root),
    ...imageRules(root),
    ...resourceRules(root),
    ...secretRules(root),
    ...providerRules(root, installed),
    ...plainTextRules(root),
  ];
}
