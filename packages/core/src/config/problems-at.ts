import type { ErrorCode } from '../model/errors.js';
import type { ConfigProblem } from '../model/problem.js';
import type { ConfigProblemCode } from '../model/problem-codes.js';
import { anchorOf, type ConfigNode, type Position } from './tree.js';

/** What is wrong, without where. */
export interface Finding {
  code: ConfigProblemCode | ErrorCode;
  message: string;
  hint?: string;
}

/** An error at the value of `node`. */
export function errorAt(node: ConfigNode, finding: Finding): ConfigProblem {
  return problemAt('error', node.path, node.position, finding);
}

/** A warning at the value of `node`. */
export function warningAt(node: ConfigNode, finding: Finding): ConfigProblem {
  return problemAt('warning', node.path, node.position, finding);
}

/** An error at the key in front of `node`. */
export function errorAtKey(node: ConfigNode, finding: Finding): ConfigProblem {
  return problemAt('error', node.path, anchorOf(node), finding);
}

/** A warning at the key in front of `node`. */
export function warningAtKey(node: ConfigNode, finding: Finding): ConfigProblem {
  return problemAt('warning', node.path, anchorOf(node), finding);
}

export function problemAt(
  severity: ConfigProblem['severity'],
  path: string,
  position: Position,
  finding: Finding,
): ConfigProblem {
  const { code, message, hint } = finding;
  return { severity, code, message, path, ...position, ...(hint === undefined ? {} : { hint }) };
}

/** In the order of the file; errors first where two share a place; problems without a place come first. */
export function inFileOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const rank = (problem: ConfigProblem): number => (problem.severity === 'error' ? 0 : 1);
  return [...problems].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || rank(a) - rank(b),
  );
}

/** Whether `path` is `parent` or something inside of it. */
export function isAtOrUnder(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`);
}
