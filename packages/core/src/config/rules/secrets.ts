import { errorAt, warningAtKey } from '../problems-at.js';
import type { ConfigProblem } from '../../model/problem.js';
import { nodeAt, textAt, type ConfigNode, type MapNode } from '../tree.js';

/** Keys that only one source reads. */
const SOURCE_OF_KEY: Readonly<Record<string, string>> = {
  fromFile: 'env',
  allowEmpty: 'env',
  path: 'file',
  mountPath: 'file',
  permissions: 'file',
  vaultPath: 'vault',
  vaultKey: 'vault',
  vaultMount: 'vault',
  s3Path: 's3',
};

/** That each secret is there once, with keys that its source reads. */
export function secretRules(root: MapNode): ConfigProblem[] {
  const list = nodeAt(root, ['secrets']);
  if (list?.kind !== 'list') return [];
  const problems: ConfigProblem[] = [];
  const first = new Map<string, ConfigNode>();
  list.items.forEach((item) => {
    const name = nodeAt(item, ['name']);
    const text = textAt(item, ['name']);
    if (name === undefined || text === undefined) return;
    const earlier = first.get(text);
    if (earlier === undefined) first.set(text, name);
    else {
      problems.push(
        errorAt(name, {
          code: 'CONFIG_SECRET_TWICE',
          message: `${name.path} is the secret of line ${earlier.position.line} once more.`,
          hint: 'Keep one entry for each name.',
        }),
      );
    }
  });
  return [...problems, ...list.items.flatMap(keyRules)];
}

function keyRules(item: ConfigNode): ConfigProblem[] {
  const source = textAt(item, ['source']);
  if (item.kind !== 'map' || source === undefined) return [];
  const problems: ConfigProblem[] = [];
  for (const [key, node] of item.entries) {
    const reader = Object.hasOwn(SOURCE_OF_KEY, key) ? SOURCE_OF_KEY[key] : undefined;
    if (reader === undefined || reader === source) continue;
    problems.push(
      warningAtKey(node, {
        code: 'CONFIG_NO_EFFECT',
        message: `${node.path} has no effect: only the source "${reader}" reads it.`,
      }),
    );
  }
  return problems;
}
