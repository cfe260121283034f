import { isAlias, isMap, isScalar, parseDocument, Scalar, visit, type Pair, type YAMLMap } from 'yaml';
import { coreError } from '../model/core-error.js';
import { snakeCase } from './spelling.js';

/** One value that a config is to have, by the path of its key in camelCase. */
export interface ConfigEdit {
  path: readonly string[];
  value: string | number;
}

/** A config with other values. */
export interface EditedConfig {
  text: string;
  /** What stood there before, as it was written; `null` = nothing did. In the order of the edits. */
  before: (string | null)[];
}

/**
 * Sets values in the text of a `sindri.yaml` and leaves everything else as it is, byte for byte: comments, order, quotes, line ends. Rejects
 * with `CONFIG_UNEDITABLE` where a value cannot be set by itself: it comes from a variable, an anchor or an alias, or is no plain value.
 */
export function editConfig(text: string, edits: readonly ConfigEdit[]): EditedConfig {
  const before: (string | null)[] = [];
  let current = text;
  for (const edit of edits) {
    const step = editOne(current, edit);
    before.push(step.before);
    current = step.text;
  }
  return { text: current, before };
}

function editOne(text: string, { path, value }: ConfigEdit): { text: string; before: string | null } {
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const body = text.slice(mark);
  const document = parseDocument(body, { version: '1.2', schema: 'core', uniqueKeys: false, logLevel: 'error' });
  const shown = path.join('.');
  if (document.errors.length > 0 || !isMap(document.contents)) throw uneditable(shown, 'the file is not valid YAML');
  const shared = new Set<string>();
  visit(document, { Alias: (_key, { source }) => void shared.add(source) });

  let map: YAMLMap = document.contents;
  let owner: Pair | null = null;
  for (const [index, key] of path.entries()) {
    const pair: Pair | undefined = map.items.find((item) => isScalar(item.key) && isKey(item.key.value, key));
    if (pair === undefined) return done(insertInto(body, map, owner, path.slice(index), value), null);
    const { value: found } = pair;
    if (isAlias(found)) throw uneditable(shown, `it stands for the anchor &${found.source}`);
    const anchor = isMap(found) || isScalar(found) ? found.anchor : undefined;
    if (anchor !== undefined && shared.has(anchor)) throw uneditable(shown, `&${anchor} is used elsewhere, too`);
    if (index === path.length - 1) return replaceScalar(pair);
    if (isEmpty(found)) return done(insertBelow(body, pair, path.slice(index + 1), value), null);
    if (!isMap(found)) throw uneditable(shown, `${path.slice(0, index + 1).join('.')} is not a map`);
    [map, owner] = [found, pair];
  }
  throw uneditable(shown, 'it is no key');

  function replaceScalar({ key, value: found }: Pair): { text: string; before: string | null } {
    if (isEmpty(found)) {
      const end = (isScalar(key) ? key.range?.[1] : undefined) ?? 0;
      const colon = body.indexOf(':', end) + 1;
      return done(`${body.slice(0, colon)} ${value}${body.slice(colon)}`, null);
    }
    const plain = isScalar(found) && ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'].includes(found.type ?? '');
    if (!plain || found.anchor !== undefined || found.tag !== undefined)
      throw uneditable(shown, 'it is no plain value');
    if (typeof found.value === 'string' && found.value.includes('${')) {
      throw uneditable(shown, `it comes from a variable, ${found.value}`);
    }
    const [start, end] = found.range ?? [0, 0];
    const quote = found.type === Scalar.QUOTE_DOUBLE ? '"' : found.type === Scalar.QUOTE_SINGLE ? "'" : '';
    const written = typeof value === 'number' ? String(value) : `${quote}${value}${quote}`;
    const was = body.slice(start, end);
    return done(found.value === value ? body : `${body.slice(0, start)}${written}${body.slice(end)}`, was);
  }

  /** Looks again at what came out: a file in a shape that nobody thought of is left alone. */
  function done(edited: string, before: string | null): { text: string; before: string | null } {
    const again = parseDocument(edited, { version: '1.2', schema: 'core', uniqueKeys: false, logLevel: 'error' });
    const wanted: unknown = withValue(document.toJS(), path, value);
    if (again.errors.length > 0 || JSON.stringify(sorted(again.toJS())) !== JSON.stringify(sorted(wanted))) {
      throw uneditable(shown, 'its place in the file has an unusual form');
    }
    return { text: text.slice(0, mark) + edited, before };
  }
}

/** Adds a key to a map that is there, before its first one and what is remarked on that. */
function insertInto(
  body: string,
  map: YAMLMap,
  owner: Pair | null,
  path: readonly string[],
  value: string | number,
): string {
  const first = map.items[0]?.key;
  const start = (isScalar(first) ? first.range?.[0] : undefined) ?? map.range?.[0] ?? 0;
  if (map.flow === true) {
    const inside = (map.range?.[0] ?? 0) + 1;
    const text = flowText(path, value);
    if (map.items.length === 0) return `${body.slice(0, inside)} ${text} ${body.slice(inside).trimStart()}`;
    return `${body.slice(0, start)}${text}, ${body.slice(start)}`;
  }
  const indent = body.slice(body.lastIndexOf('\n', start - 1) + 1, start);
  return owner === null
    ? appendLines(body, blockLines(path, value, indent))
    : insertAfterLine(body, keyEnd(owner), blockLines(path, value, indent));
}

/** Gives a key without a value its first one. */
function insertBelow(body: string, pair: Pair, path: readonly string[], value: string | number): string {
  const start = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? 0;
  const indent = body.slice(body.lastIndexOf('\n', start - 1) + 1, start);
  return insertAfterLine(body, keyEnd(pair), blockLines(path, value, `${indent}  `));
}

function keyEnd({ key }: Pair): number {
  return (isScalar(key) ? key.range?.[1] : undefined) ?? 0;
}

function insertAfterLine(body: string, offset: number, lines: readonly string[]): string {
  const end = body.indexOf('\n', offset);
  const eol = body.includes('\r\n') ? '\r\n' : '\n';
  if (end === -1) return `${body}${eol}${lines.join(eol)}${eol}`;
  return `${body.slice(0, end + 1)}${lines.map((line) => line + eol).join('')}${body.slice(end + 1)}`;
}

function appendLines(body: string, lines: readonly string[]): string {
  const eol = body.includes('\r\n') ? '\r\n' : '\n';
  return `${body}${body.endsWith('\n') ? '' : eol}${lines.join(eol)}${eol}`;
}

function blockLines(path: readonly string[], value: string | number, indent: string): string[] {
  return path.map((key, index) => {
    const pad = indent + '  '.repeat(index);
    return index === path.length - 1 ? `${pad}${key}: ${value}` : `${pad}${key}:`;
  });
}

function flowText(path: readonly string[], value: string | number): string {
  const [key = '', ...rest] = path;
  return rest.length === 0 ? `${key}: ${value}` : `${key}: { ${flowText(rest, value)} }`;
}

function isKey(found: unknown, key: string): boolean {
  return found === key || found === snakeCase(key);
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null && (node.source ?? '') === '');
}

function withValue(document: unknown, [key = '', ...rest]: readonly string[], value: string | number): unknown {
  const map = { ...(Object(document) as Record<string, unknown>) };
  const written = Object.keys(map).find((candidate) => isKey(candidate, key)) ?? key;
  return { ...map, [written]: rest.length === 0 ? value : withValue(map[written], rest, value) };
}

/** Keys in one order, so that where a key was added makes no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

function uneditable(path: string, why: string) {
  return coreError({
    code: 'CONFIG_UNEDITABLE',
    kind: 'usage',
    message: `${path} cannot be set from here: ${why}.`,
    hint: 'Change it in the file by hand, then run: sindri deploy',
    details: { path },
  });
}
