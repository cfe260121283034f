import type { JsonSchema } from '../model/json.js';
import type { ConfigProblem } from '../model/problem.js';
import { errorAtKey, warningAtKey } from './problems-at.js';
import { viewSchema } from './schema/walk-schema.js';
import { anchorOf, isExtensionKey, toJson, type ConfigNode, type MapNode, type ScalarNode } from './tree.js';

/** `autoStopMachines` → `auto_stop_machines`. */
export function snakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/** The key among `known` that `written` spells, in either spelling; `written` itself when there is none. */
export function canonicalKey(written: string, known: Iterable<string>): string {
  let found = written;
  for (const key of known) {
    if (key === written) return key;
    if (snakeCase(key) === written) found = key;
  }
  return found;
}

/**
 * Gives every key its canonical spelling, as the schema has it, and leaves out `x-…` keys. Where a map is open (labels, other
 * providers), keys are data and stay as they are.
 */
export function canonicalSpelling(root: MapNode, schema: JsonSchema): { root: MapNode; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  return { root: spellMap(root, schema), problems };

  function spell(node: ConfigNode, own: JsonSchema | undefined): ConfigNode {
    if (own === undefined || node.kind === 'scalar') return node;
    if (node.kind === 'map') return spellMap(node, own);
    const { items } = viewSchema(schema, own);
    return { ...node, items: node.items.map((item) => spell(item, items)) };
  }

  function spellMap(node: MapNode, own: JsonSchema): MapNode {
    const { properties, otherProperties } = viewSchema(schema, own);
    const entries = new Map<string, ConfigNode>();
    for (const [written, child] of node.entries) {
      if (isExtensionKey(written) && otherProperties === undefined) continue;
      const key = properties.has(written) ? written : canonicalKey(written, properties.keys());
      const spelled = spell(child, properties.get(key) ?? otherProperties);
      const earlier = entries.get(key);
      if (earlier === undefined) entries.set(key, spelled);
      else problems.push(describeTwice(earlier, spelled));
    }
    return { ...node, entries };
  }
}

/** One key that is there twice, in two spellings or two places: a warning when the values agree, else an error. */
export function describeTwice(first: ConfigNode, second: ConfigNode): ConfigProblem {
  const { line, column } = anchorOf(first);
  const same = `${second.path} and ${first.path} (${line}:${column}) are the same key`;
  if (JSON.stringify(toJson(first)) === JSON.stringify(toJson(second))) {
    return warningAtKey(second, {
      code: 'CONFIG_SPELLING_TWICE',
      message: `${same}, set twice to the same value.`,
      hint: 'Keep one of them.',
    });
  }
  const values = first.kind === 'scalar' && second.kind === 'scalar' ? `: ${say(second)} and ${say(first)}` : '';
  return errorAtKey(second, {
    code: 'CONFIG_SPELLING_CONFLICT',
    message: `${same}, but they say different things${values}.`,
    hint: 'Keep one of them.',
  });

  /** Values that a variable filled in stay unsaid. */
  function say({ value, variables = [] }: ScalarNode): string {
    return variables.length === 0 ? JSON.stringify(value) : variables.map((name) => `\${${name}}`).join('');
  }
}
