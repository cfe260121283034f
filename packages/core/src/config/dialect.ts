import type { ConfigProblem } from '../model/problem.js';
import { warningAt } from './problems-at.js';
import { describeTwice } from './spelling.js';
import { nodeAt, type ConfigNode, type MapNode, type ScalarNode } from './tree.js';

/** The dialects of `sindri.yaml`. What a file without `version` is read as comes last. */
export const DIALECTS = ['1.0', '3.0'] as const;
export type Dialect = (typeof DIALECTS)[number];
export const DEFAULT_DIALECT: Dialect = '3.0';

/** Brings what the dialects and their documents write differently into one form: `version` as text, the GPU in `resources`. */
export function unifyDialect(root: MapNode): { root: MapNode; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const withVersion = unifyVersion(root, problems);
  return { root: unifyGpu(withVersion, problems), problems };
}

/** `version: 1.0` is a number in YAML. It is clear what was meant. */
function unifyVersion(root: MapNode, problems: ConfigProblem[]): MapNode {
  const node = root.entries.get('version');
  if (node?.kind !== 'scalar') return root;
  const dialect = meantDialect(node);
  if (dialect === undefined || node.value === dialect) return root;
  problems.push(
    warningAt(node, {
      code: 'CONFIG_QUOTES',
      message: `version is read as "${dialect}".`,
      hint: `Write it in quotes: \`version: "${dialect}"\`.`,
    }),
  );
  return replaceEntry(root, 'version', { ...node, value: dialect });
}

function meantDialect(node: ScalarNode): Dialect | undefined {
  if (node.value === null || typeof node.value === 'boolean' || String(node.value).trim() === '') return undefined;
  return DIALECTS.find((dialect) => Number(dialect) === Number(node.value));
}

/** `deployment.gpu` and `deployment.resources.gpu` are the same block; key by key, both may say a part of it. */
function unifyGpu(root: MapNode, problems: ConfigProblem[]): MapNode {
  const deployment = nodeAt(root, ['deployment']);
  if (deployment?.kind !== 'map') return root;
  const outer = deployment.entries.get('gpu');
  if (outer === undefined) return root;
  const resources = deployment.entries.get('resources') ?? emptyMap(outer, 'deployment.resources');
  // A block that is not a map is reported by the schema; there is nothing to move into it.
  if (resources.kind !== 'map') return root;
  const inner = resources.entries.get('gpu');
  const gpu = inner === undefined ? outer : mergeGpu(inner, outer, problems);
  const entries = new Map(deployment.entries);
  entries.delete('gpu');
  entries.set('resources', replaceEntry(resources, 'gpu', gpu));
  return replaceEntry(root, 'deployment', { ...deployment, entries });
}

function mergeGpu(inner: ConfigNode, outer: ConfigNode, problems: ConfigProblem[]): ConfigNode {
  if (inner.kind !== 'map' || outer.kind !== 'map') {
    problems.push(describeTwice(...inOrder(inner, outer)));
    return inner;
  }
  const entries = new Map(inner.entries);
  for (const [key, value] of outer.entries) {
    const other = entries.get(key);
    if (other === undefined) entries.set(key, value);
    else problems.push(describeTwice(...inOrder(other, value)));
  }
  return { ...inner, entries };
}

function inOrder(a: ConfigNode, b: ConfigNode): [ConfigNode, ConfigNode] {
  const before = a.position.line - b.position.line || a.position.column - b.position.column;
  return before <= 0 ? [a, b] : [b, a];
}

function emptyMap(near: ConfigNode, path: string): MapNode {
  return { kind: 'map', path, position: near.position, keyPosition: near.keyPosition, entries: new Map() };
}

function replaceEntry(map: MapNode, key: string, value: ConfigNode): MapNode {
  const entries = new Map(map.entries);
  entries.set(key, value);
  return { ...map, entries };
}
