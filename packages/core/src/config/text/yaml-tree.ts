import { isAlias, isMap, isScalar, isSeq, Scalar, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import type { ConfigProblem } from '../../model/problem.js';
import { problemAt, type Finding } from '../problems-at.js';
import { joinPath, type ConfigNode, type MapNode, type Position, type ScalarNode } from '../tree.js';

/** Real configs have a few dozen nodes in four levels. What is beyond is a mistake, or aliases that multiply. */
const MAXIMUM_NODES = 10_000;
const MAXIMUM_DEPTH = 50;

/**
 * The tree of a parsed document, aliases written out and merge keys (`<<`) merged. `root` is `null` when the document is not
 * a map or is beyond all bounds.
 */
export function buildTree(
  document: Document.Parsed,
  text: string,
  positionOf: (offset: number) => Position,
): { root: MapNode | null; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  let nodes = 0;

  const top = document.contents as Node | null;
  if (top === null || (isScalar(top) && top.value === null)) {
    report({ line: 1, column: 1 }, '', {
      code: 'CONFIG_EMPTY',
      message: 'The file is empty.',
      hint: 'Write a config with `sindri config init`.',
    });
    return { root: null, problems };
  }
  try {
    const root = build(top, { path: '', depth: 0, expanding: false });
    if (root.kind === 'map') return { root, problems };
    if (!(root.kind === 'scalar' && root.failed)) {
      report(root.position, '', { code: 'CONFIG_VALUE', message: 'A config is made of `key: value` lines.' });
    }
  } catch (error) {
    if (!(error instanceof OutOfBounds)) throw error;
    report(error.position, error.path, { code: 'CONFIG_SYNTAX', message: error.message });
  }
  return { root: null, problems };

  function build(node: Node, at: Place): ConfigNode {
    const position = startOf(node, at);
    if (++nodes > MAXIMUM_NODES)
      throw new OutOfBounds('The file is too large once its aliases are written out.', position);
    if (at.depth > MAXIMUM_DEPTH) throw new OutOfBounds('This is nested too deeply.', position, at.path);
    if (isAlias(node)) return buildAlias(node.source, position, at);
    const base = { path: at.path, position, ...(at.keyPosition ? { keyPosition: at.keyPosition } : {}) };
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined && !at.expanding) anchors.set(anchor, node);
    if (isUnknownTag(node)) {
      report(position, at.path, {
        code: 'CONFIG_SYNTAX',
        message: `The tag \`${node.tag}\` means nothing here.`,
        hint: 'Remove it. A value from outside comes in as `${VARIABLE}` or under `secrets`.',
      });
      return { ...base, kind: 'scalar', value: null, failed: true };
    }
    open.add(node);
    try {
      if (isMap(node)) return { ...base, kind: 'map', entries: buildEntries(node, at) };
      if (isSeq(node)) {
        const items = node.items.map((item, index) =>
          build(item as Node, { path: joinPath(at.path, index), depth: at.depth + 1, expanding: at.expanding }),
        );
        return { ...base, kind: 'list', items };
      }
      return buildScalar(node as Scalar, base);
    } finally {
      open.delete(node);
    }
  }

  function buildAlias(name: string, position: Position, at: Place): ConfigNode {
    const target = anchors.get(name);
    if (target !== undefined && !open.has(target)) return build(target, { ...at, expanding: true });
    report(position, at.path, {
      code: 'CONFIG_SYNTAX',
      message:
        target === undefined
          ? `The alias \`*${name}\` has no anchor \`&${name}\` above it.`
          : `The alias \`*${name}\` stands inside of what it stands for.`,
    });
    return { kind: 'scalar', value: null, path: at.path, position, keyPosition: at.keyPosition, failed: true };
  }

  function buildEntries(map: YAMLMap, at: Place): Map<string, ConfigNode> {
    const entries = new Map<string, ConfigNode>();
    const merged: ConfigNode[] = [];
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const keyPosition = startOf(pair.key, at);
      const key = keyText(pair.key, keyPosition, at);
      if (key === undefined) continue;
      const place = { path: joinPath(at.path, key), depth: at.depth + 1, keyPosition, expanding: at.expanding };
      const value: ConfigNode =
        pair.value === null
          ? { kind: 'scalar', value: null, path: place.path, position: keyPosition, keyPosition }
          : build(pair.value, place);
      if (key === '<<' && isPlain(pair.key)) {
        merged.push(...(value.kind === 'list' ? value.items : [value]));
        continue;
      }
      const earlier = entries.get(key);
      if (earlier === undefined) entries.set(key, value);
      else {
        report(keyPosition, place.path, {
          code: 'CONFIG_KEY_TWICE',
          message: `${place.path} is set twice, the first time on line ${(earlier.keyPosition ?? earlier.position).line}.`,
          hint: 'Keep one of them.',
        });
      }
    }
    for (const source of merged) mergeInto(entries, source, at);
    return entries;
  }

  /** What is written out wins over what is merged in, and an earlier merge over a later one. */
  function mergeInto(entries: Map<string, ConfigNode>, source: ConfigNode, at: Place): void {
    if (source.kind === 'scalar' && source.failed) return;
    if (source.kind !== 'map') {
      report(source.position, at.path, { code: 'CONFIG_SYNTAX', message: '`<<` can only merge maps.' });
      return;
    }
    for (const [key, value] of source.entries) {
      if (!entries.has(key)) entries.set(key, rebase(value, joinPath(at.path, key)));
    }
  }

  function keyText(key: Node, position: Position, at: Place): string | undefined {
    if (isScalar(key)) {
      const text = typeof key.value === 'string' ? key.value : key.source;
      if (typeof text === 'string' && text !== '' && text !== '__proto__') return text;
    }
    report(position, at.path, {
      code: 'CONFIG_SYNTAX',
      message: 'This cannot be a key.',
      hint: 'A key is a word in front of a colon. Put a value that begins with `{`, `[` or `*` in quotes.',
    });
    return undefined;
  }

  function buildScalar(scalar: Scalar, base: Pick<ScalarNode, 'path' | 'position' | 'keyPosition'>): ConfigNode {
    const { value } = scalar;
    const plain = isPlain(scalar);
    if (typeof value === 'string')
      return { ...base, kind: 'scalar', value, ...textPlace(scalar, value, base.position) };
    if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
      return { ...base, kind: 'scalar', value, ...(plain ? { source: scalar.source } : {}) };
    }
    report(base.position, base.path, {
      code: 'CONFIG_VALUE',
      message: `${base.path} must be an ordinary number or a text, got ${String(scalar.source ?? value)}.`,
    });
    return { ...base, kind: 'scalar', value: null, failed: true };
  }

  function textPlace(scalar: Scalar, value: string, position: Position): { textColumn?: number } {
    const start = scalar.range?.[0] ?? 0;
    const quote = scalar.type === Scalar.QUOTE_DOUBLE || scalar.type === Scalar.QUOTE_SINGLE ? 1 : 0;
    const literal = text.startsWith(value, start + quote) && !value.includes('\n');
    return literal ? { textColumn: position.column + quote } : {};
  }

  function startOf(node: Node | null, at: Place): Position {
    const range = node?.range;
    return range ? positionOf(range[0]) : (at.keyPosition ?? { line: 1, column: 1 });
  }

  function report(position: Position, path: string, finding: Finding): void {
    problems.push(problemAt('error', path, position, finding));
  }
}

interface Place {
  path: string;
  depth: number;
  keyPosition?: Position;
  /** Inside of what an alias stands for: anchors there are already known. */
  expanding: boolean;
}

class OutOfBounds extends Error {
  constructor(
    message: string,
    readonly position: Position,
    readonly path = '',
  ) {
    super(message);
  }
}

function isPlain(node: Node): boolean {
  return isScalar(node) && node.type === Scalar.PLAIN;
}

/** Tags of the core schema are what YAML would have read anyway. */
function isUnknownTag(node: Node): node is Node & { tag: string } {
  const { tag } = node as { tag?: string };
  return tag !== undefined && !/^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/.test(tag);
}

/** The same node at another path: merged values belong where they are merged in. */
function rebase(node: ConfigNode, path: string): ConfigNode {
  if (node.kind === 'scalar') return { ...node, path };
  if (node.kind === 'list') {
    return { ...node, path, items: node.items.map((item, index) => rebase(item, joinPath(path, index))) };
  }
  const entries = new Map([...node.entries].map(([key, child]) => [key, rebase(child, joinPath(path, key))] as const));
  return { ...node, path, entries };
}
