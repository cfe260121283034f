import { interpolate, type InterpolationFault, type Variables } from './interpolation.js';
import type { ConfigProblem } from '../../model/problem.js';
import { isSecretName } from '../../redact/secret-names.js';
import { problemAt, warningAt } from '../problems-at.js';
import { isExtensionKey, type ConfigNode, type ScalarNode } from '../tree.js';

/**
 * Fills the variables into every text of the tree, not into keys. Under `x-…` keys a variable without a value is no problem:
 * such a block is often there to be merged elsewhere, where it counts.
 */
export function fillVariables<T extends ConfigNode>(
  root: T,
  variables: Variables,
): { root: T; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  return { root: fill(root, true) as T, problems };

  function fill(node: ConfigNode, counts: boolean): ConfigNode {
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => fill(item, counts)) };
    if (node.kind === 'scalar') return fillScalar(node, counts);
    const entries = new Map<string, ConfigNode>();
    for (const [key, child] of node.entries) entries.set(key, fill(child, counts && !isExtensionKey(key)));
    return { ...node, entries };
  }

  function fillScalar(node: ScalarNode, counts: boolean): ScalarNode {
    if (typeof node.value !== 'string' || !node.value.includes('$')) return node;
    const { text, variables: names, faults } = interpolate(node.value, variables);
    if (!counts) return faults.length > 0 ? node : { ...node, value: text };
    for (const fault of faults) problems.push(faultAt(node, fault));
    if (faults.length > 0) return { ...node, value: null, failed: true };
    for (const name of names.filter(isSecretName)) {
      problems.push(
        warningAt(node, {
          code: 'CONFIG_VARIABLE_SECRET',
          message: `${name} is named like a secret, but what is filled in here is shown in plans and settings.`,
          hint: `Secrets belong under \`secrets\`: \`- { name: ${name.toUpperCase()}, source: env }\`.`,
        }),
      );
    }
    return { ...node, value: text, source: undefined, textColumn: undefined, variables: names };
  }
}

function faultAt(node: ScalarNode, fault: InterpolationFault): ConfigProblem {
  const column = node.textColumn === undefined ? node.position.column : node.textColumn + fault.offset;
  return problemAt(
    'error',
    node.path,
    { line: node.position.line, column },
    {
      code: fault.kind === 'unset' ? 'CONFIG_VARIABLE_UNSET' : 'CONFIG_VARIABLE_SYNTAX',
      message: fault.message,
      hint: fault.hint,
    },
  );
}
