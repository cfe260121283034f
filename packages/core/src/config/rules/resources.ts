import { errorAt, warningAt, warningAtKey } from '../problems-at.js';
import type { ConfigProblem } from '../../model/problem.js';
import { hasUnit, parseSize, SizeError, type SizeKind } from '../sizes.js';
import { nodeAt, type MapNode } from '../tree.js';
import { describeActual } from '../schema/words.js';

/** Where the config has a size, and of what. */
export const SIZES: readonly { path: readonly string[]; kind: SizeKind; unit: 'MB' | 'GB' }[] = [
  { path: ['deployment', 'resources', 'memory'], kind: 'memory', unit: 'MB' },
  { path: ['deployment', 'resources', 'gpu', 'memory'], kind: 'memory', unit: 'MB' },
  { path: ['deployment', 'volumes', 'workspace', 'size'], kind: 'volume', unit: 'GB' },
];

/** That sizes can be read, and that GPU settings are not there in vain. */
export function resourceRules(root: MapNode): ConfigProblem[] {
  return [...sizeRules(root), ...gpuRules(root)];
}

function sizeRules(root: MapNode): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const { path, kind, unit } of SIZES) {
    const node = nodeAt(root, path);
    if (node?.kind !== 'scalar' || node.failed) continue;
    const { value } = node;
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    try {
      const size = parseSize(value, kind);
      if (hasUnit(value)) continue;
      const message = `${node.path} has no unit; it is read as ${size} ${unit}.`;
      problems.push(warningAt(node, { code: 'CONFIG_SIZE_UNIT', message, hint: `Write \`${size}${unit}\`.` }));
    } catch (error) {
      if (!(error instanceof SizeError)) throw error;
      const message = `${node.path} ${error.message}, got ${describeActual(node)}.`;
      problems.push(errorAt(node, { code: 'CONFIG_SIZE', message }));
    }
  }
  return problems;
}

function gpuRules(root: MapNode): ConfigProblem[] {
  const gpu = nodeAt(root, ['deployment', 'resources', 'gpu']);
  if (gpu?.kind !== 'map' || gpu.entries.size === 0 || gpu.entries.has('enabled')) return [];
  return [
    warningAtKey(gpu, {
      code: 'CONFIG_NO_EFFECT',
      message: `${gpu.path} has no effect: it does not say \`enabled: true\`.`,
      hint: 'Add `enabled: true`, or remove the block.',
    }),
  ];
}
