import type { ErrorObject } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../model/json.js';
import { createKeyHints, hintForValue, type KeyHints } from './hints.js';
import type { ConfigProblem } from '../../model/problem.js';
import { errorAt, errorAtKey } from '../problems-at.js';
import { asSchema, followRefs, schemaAt } from './walk-schema.js';
import { collapseChoices } from './choices.js';
import { MISSING_PATHS } from './compose.js';
import { joinPath, nodeAt, type ConfigNode, type MapNode, type PathSegment } from '../tree.js';
import { describeActual, describeExpected, firstSentence } from './words.js';

/** One thing that the schema refuses. */
export interface Violation {
  problem: ConfigProblem;
  /** Canonical path of what has to go for the rest to be judged. */
  segments: PathSegment[];
}

/** Keywords that judge one value as a whole: however many of them fail, it is one problem. */
const VALUE_KEYWORDS = new Set([
  ...['type', 'enum', 'const', 'pattern', 'format', 'minLength', 'maxLength', 'multipleOf', 'not', 'false schema'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minItems', 'maxItems', 'anyOf', 'oneOf'],
]);

/** Turns what the schema validator says into one sentence per problem, with the place in the file and what to do. */
export function explainErrors(errors: readonly ErrorObject[], root: MapNode, schema: JsonSchema): Violation[] {
  const seen = new Set<string>();
  const context: Context = { root, schema, keyHints: createKeyHints(schema) };
  return collapseChoices(errors).flatMap((error) => {
    const segments = segmentsOf(error.instancePath, root);
    // What an `if` refuses is said by its `then`; what a failed value leads to is its own fault.
    if (error.keyword === 'if' || isBehindFailure(root, segments)) return [];
    const violation = explain(error, segments, context);
    const id = JSON.stringify([violation.segments, violation.problem.code, violation.problem.path]);
    if (seen.has(id)) return [];
    seen.add(id);
    return [violation];
  });
}

interface Context {
  root: MapNode;
  schema: JsonSchema;
  keyHints: KeyHints;
}

function explain(error: ErrorObject, segments: PathSegment[], context: Context): Violation {
  const { root, schema } = context;
  const node = nodeAt(root, segments) ?? root;
  const own = asSchema(error.parentSchema) ?? {};
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
    return unknownKey(error, segments, node, context);
  }
  if (error.keyword === 'required' || error.keyword === 'dependentRequired') {
    return missingKey(String(error.params['missingProperty']), own[MISSING_PATHS], segments, node, schema);
  }
  const name = node.path === '' ? 'The config' : node.path;
  if (VALUE_KEYWORDS.has(error.keyword)) {
    const got = mayShow(segments) ? `, got ${describeActual(node)}` : '';
    const message = `${name} ${describeExpected(schema, own)}${got}.`;
    return { problem: errorAtValue(node, message, hintForValue(schema, own, node, segments)), segments };
  }
  const complaint = error.keyword === 'uniqueItems' ? 'must not have an entry twice' : error.message;
  return { problem: errorAtValue(node, `${name} ${complaint ?? 'is not allowed like this'}.`), segments };
}

/** `paths`: what is really missing, where a whole block is not there. */
function missingKey(
  key: string,
  paths: unknown,
  segments: PathSegment[],
  node: ConfigNode,
  schema: JsonSchema,
): Violation {
  const [first, ...others] = Array.isArray(paths) ? (paths as string[]) : [];
  const path = first ?? joinPath(node.path, key);
  const hint = describeKey(schema, first === undefined ? [...segments, key] : first.split('.'));
  const message = `${[path, ...others].join(', ')} ${others.length === 0 ? 'is' : 'are'} missing.`;
  return { problem: { ...errorAtKey(node, { code: 'CONFIG_MISSING_KEY', message, hint }), path }, segments };
}

/** A key without a value has no place of its own. */
function errorAtValue(node: ConfigNode, message: string, hint?: string): ConfigProblem {
  const nothing = node.kind === 'scalar' && node.value === null;
  return (nothing ? errorAtKey : errorAt)(node, { code: 'CONFIG_VALUE', message, hint });
}

function unknownKey(
  error: ErrorObject,
  segments: readonly PathSegment[],
  node: ConfigNode,
  { keyHints }: Context,
): Violation {
  const key = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']);
  const child = nodeAt(node, [key]) ?? node;
  const isSecret = segments[0] === 'secrets' && key === 'value';
  return {
    problem: errorAtKey(child, {
      code: 'CONFIG_UNKNOWN_KEY',
      message: `${child.path} is not a known key.`,
      hint: isSecret
        ? "A secret's value does not belong into this file: set the variable in the shell, in `.env.local` or in `.env`."
        : keyHints(asSchema(error.parentSchema) ?? {}, key),
    }),
    segments: [...segments, key],
  };
}

/** What a key is for, in the words of the schema. */
function describeKey(schema: JsonSchema, segments: readonly PathSegment[]): string | undefined {
  const own = schemaAt(schema, segments);
  const description = own === undefined ? undefined : followRefs(schema, own)['description'];
  return typeof description === 'string' ? firstSentence(description) : undefined;
}

/** What stands under `secrets` may be a secret that somebody put in the wrong place. */
function mayShow(segments: readonly PathSegment[]): boolean {
  return segments[0] !== 'secrets' || ['source', 'required', 'permissions'].includes(String(segments.at(-1)));
}

function isBehindFailure(root: ConfigNode, segments: readonly PathSegment[]): boolean {
  return segments.some((_, index) => isFailed(nodeAt(root, segments.slice(0, index + 1))));
}

function isFailed(node: ConfigNode | undefined): boolean {
  return node?.kind === 'scalar' && node.failed === true;
}

/** The segments of a JSON pointer; what is an index follows from the tree. */
function segmentsOf(pointer: string, root: ConfigNode): PathSegment[] {
  const segments: PathSegment[] = [];
  for (const part of pointer.split('/').slice(1)) {
    const text = part.replace(/~1/g, '/').replace(/~0/g, '~');
    segments.push(nodeAt(root, segments)?.kind === 'list' ? Number(text) : text);
  }
  return segments;
}
