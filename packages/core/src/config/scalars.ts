import type { JsonSchema } from '../model/json.js';
import type { ConfigProblem } from '../model/problem.js';
import { warningAt } from './problems-at.js';
import { acceptedTypes, viewSchema, type JsonType } from './schema/walk-schema.js';
import type { ConfigNode, MapNode, ScalarNode } from './tree.js';

/**
 * Reads single values as the schema wants them, where nothing can be meant but that: the text of a variable as a number or as
 * true/false, a number without quotes as the text that stands in the file. A key with nothing behind it is as good as no key
 * where a block or a list belongs.
 */
export function adaptScalars(root: MapNode, schema: JsonSchema): { root: MapNode; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  return { root: adaptMap(root, schema), problems };

  function adapt(node: ConfigNode, own: JsonSchema | undefined): ConfigNode {
    if (own === undefined) return node;
    if (node.kind === 'map') return adaptMap(node, own);
    if (node.kind === 'scalar') return adaptScalar(node, own);
    const { items } = viewSchema(schema, own);
    return { ...node, items: node.items.map((item) => adapt(item, items)) };
  }

  function adaptMap(node: MapNode, own: JsonSchema): MapNode {
    const { properties, otherProperties } = viewSchema(schema, own);
    const entries = new Map<string, ConfigNode>();
    for (const [key, child] of node.entries) {
      const childSchema = properties.get(key) ?? otherProperties;
      if (childSchema !== undefined && isBlank(child, acceptedTypes(schema, childSchema))) continue;
      entries.set(key, adapt(child, childSchema));
    }
    return { ...node, entries };
  }

  function adaptScalar(node: ScalarNode, own: JsonSchema): ScalarNode {
    const types = acceptedTypes(schema, own);
    if (types === null || node.failed) return node;
    if (node.variables !== undefined && typeof node.value === 'string' && !types.has('string')) {
      return { ...node, value: readAs(types, node.value) };
    }
    const isNumber = typeof node.value === 'number' && node.source !== undefined;
    if (!isNumber || !types.has('string') || types.has('number') || types.has('integer')) return node;
    problems.push(
      warningAt(node, {
        code: 'CONFIG_QUOTES',
        message: `${node.path} is a number in YAML; it is read as the text "${node.source}".`,
        hint: `Write it in quotes: "${node.source}".`,
      }),
    );
    return { ...node, value: node.source ?? null };
  }
}

function isBlank(node: ConfigNode, types: ReadonlySet<JsonType> | null): boolean {
  if (node.kind !== 'scalar' || node.value !== null || node.failed || types === null) return false;
  return [...types].every((type) => type === 'object' || type === 'array');
}

function readAs(types: ReadonlySet<JsonType>, text: string): string | number | boolean {
  const trimmed = text.trim();
  if (types.has('boolean') && (trimmed === 'true' || trimmed === 'false')) return trimmed === 'true';
  const wantsNumber = types.has('number') || types.has('integer');
  if (wantsNumber && /^-?\d+(?:\.\d+)?$/.test(trimmed)) return Number(trimmed);
  return text;
}
