import type { JsonObject, JsonValue } from '../model/json.js';

/**
 * A `sindri.yaml` as a tree of nodes that remember where they were written. Each step of the loading pipeline turns one tree
 * into another; only the last one becomes plain JSON. Keys live in `Map`s, so that no key of a file can mean anything to
 * JavaScript.
 */
export type ConfigNode = MapNode | ListNode | ScalarNode;

/** 1-based. */
export interface Position {
  line: number;
  column: number;
}

interface NodeBase {
  /** Path as the file writes it (`deployment.image_config`), also after the node got its canonical key. */
  readonly path: string;
  readonly position: Position;
  /** Of the key in front of it; absent for list items and the document. */
  readonly keyPosition?: Position;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, ConfigNode>;
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The characters of the file for a value without quotes: `1.0` is the number 1, `0644` the number 644. */
  readonly source?: string;
  /** Column of the value's first character, when the value stands in the file letter by letter on one line. */
  readonly textColumn?: number;
  /** Present when `${…}` was filled in: the names of the variables whose value went in. */
  readonly variables?: readonly string[];
  /** Its problem is already reported: whatever else is wrong with it follows from that. */
  readonly failed?: true;
}

/** Where a problem of this node is best shown: at its key, or else at its value. */
export function anchorOf(node: ConfigNode): Position {
  return node.keyPosition ?? node.position;
}

export type PathSegment = string | number;

/** The node at `segments`, or `undefined`. */
export function nodeAt(root: ConfigNode, segments: readonly PathSegment[]): ConfigNode | undefined {
  let node: ConfigNode | undefined = root;
  for (const segment of segments) {
    if (node?.kind === 'map') node = node.entries.get(String(segment));
    else if (node?.kind === 'list') node = node.items[Number(segment)];
    else return undefined;
  }
  return node;
}

/** The value of a text node at `segments`, or `undefined` when there is none. */
export function textAt(root: ConfigNode, segments: readonly PathSegment[]): string | undefined {
  const node = nodeAt(root, segments);
  return node?.kind === 'scalar' && typeof node.value === 'string' && !node.failed ? node.value : undefined;
}

/** `deployment.resources.memory`, `secrets[0].name`, `providers["a b"]`. */
export function joinPath(parent: string, segment: PathSegment): string {
  if (typeof segment === 'number') return `${parent}[${segment}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(segment)) return `${parent}[${JSON.stringify(segment)}]`;
  return parent === '' ? segment : `${parent}.${segment}`;
}

export function formatPath(segments: readonly PathSegment[]): string {
  return segments.reduce<string>(joinPath, '');
}

/** The JSON that `node` stands for. The result shares nothing with the tree. */
export function toJson(node: ConfigNode): JsonValue {
  if (node.kind === 'list') return node.items.map(toJson);
  if (node.kind === 'scalar') return node.value;
  const object: JsonObject = {};
  for (const [key, child] of node.entries) object[key] = toJson(child);
  return object;
}

/** Calls `visit` for every node in document order with its canonical path. */
export function walk(root: ConfigNode, visit: (node: ConfigNode, segments: PathSegment[]) => void): void {
  step(root, []);

  function step(node: ConfigNode, segments: PathSegment[]): void {
    visit(node, segments);
    if (node.kind === 'map') for (const [key, child] of node.entries) step(child, [...segments, key]);
    if (node.kind === 'list') node.items.forEach((child, index) => step(child, [...segments, index]));
  }
}

/** A copy of `root` without the nodes at `paths` (canonical). List items vanish, the others move up. */
export function prune(root: ConfigNode, paths: readonly (readonly PathSegment[])[]): ConfigNode | undefined {
  if (paths.some((path) => path.length === 0)) return undefined;
  const below = (segment: PathSegment): (readonly PathSegment[])[] =>
    paths.filter((path) => String(path[0]) === String(segment)).map((path) => path.slice(1));
  if (root.kind === 'scalar') return root;
  if (root.kind === 'list') {
    return { ...root, items: root.items.flatMap((item, index) => prune(item, below(index)) ?? []) };
  }
  const entries = new Map<string, ConfigNode>();
  for (const [key, child] of root.entries) {
    const kept = prune(child, below(key));
    if (kept !== undefined) entries.set(key, kept);
  }
  return { ...root, entries };
}

/** Keys that belong to the author of the file: Sindri neither reads nor changes what is under them. */
export function isExtensionKey(key: string): boolean {
  return key.startsWith('x-');
}
