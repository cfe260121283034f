import type { ConfigProblem } from '../../model/problem.js';
import { errorAt } from '../problems-at.js';
import { walk, type MapNode } from '../tree.js';

/** Line breaks and tabs, other control characters (C0, DEL, C1), and those that turn the direction of a text around. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;
/** A provider may have an option for a text of several lines. */
const UNPRINTABLE_IN_OPTIONS =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;

/**
 * That names, paths and other values are text that can be printed, on one line: they go into terminals, variables, headers and paths,
 * where a control character is at best invisible. Variables are filled in by then. Keys that begin with `x-` are nobody's business.
 */
export function plainTextRules(root: MapNode): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  walk(root, (node, segments) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return;
    if (segments.some((segment) => typeof segment === 'string' && segment.startsWith('x-'))) return;
    const pattern = segments[0] === 'providers' ? UNPRINTABLE_IN_OPTIONS : UNPRINTABLE;
    const found = pattern.exec(node.value)?.[0];
    if (found === undefined) return;
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const what = found === '\n' || found === '\r' ? 'a line break' : `the control character U+${code}`;
    const hint =
      node.variables === undefined ? 'Write it as plain text on one line.' : `Look at ${node.variables.join(', ')}.`;
    problems.push(errorAt(node, { code: 'CONFIG_VALUE', message: `${node.path} has ${what} in it.`, hint }));
  });
  return problems;
}
