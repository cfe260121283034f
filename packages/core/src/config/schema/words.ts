import type { JsonSchema } from '../../model/json.js';
import { isSecretName } from '../../redact/secret-names.js';
import { acceptedTypes, asSchemas, followRefs, typeOfValue, type JsonType } from './walk-schema.js';
import type { ConfigNode } from '../tree.js';

const MAXIMUM_SHOWN = 60;

/** What a schema wants, to go behind a path: `must be a whole number of at least 1`. */
export function describeExpected(root: JsonSchema, schema: JsonSchema): string {
  const own = followRefs(root, schema);
  if (typeof own['errorMessage'] === 'string') return own['errorMessage'];
  if (Object.hasOwn(own, 'const')) return `must be ${quote(own['const'])}`;
  const values: unknown = own['enum'];
  if (Array.isArray(values)) return `must be ${values.length > 1 ? 'one of ' : ''}${listOr(values.map(quote))}`;
  const branches = choicesOf(own).map((branch) => describeExpected(root, branch));
  if (branches.length > 0) return joinChoices(branches);
  const types = acceptedTypes(root, own);
  if (types === null) return 'is not allowed like this';
  // An integer is a number too: only the wider one is worth a word.
  const said = [...types].filter(
    (type) => !(type === 'integer' && types.has('number')) && (type !== 'null' || types.size === 1),
  );
  return `must be ${listOr(said.map((type) => describeType(type, own)))}`;
}

function choicesOf(schema: JsonSchema): JsonSchema[] {
  return asSchemas(schema['anyOf'] ?? schema['oneOf']);
}

/** `must be true or false`, `must be one of a or b` → `must be true or false, or one of a or b`. */
function joinChoices(sentences: readonly string[]): string {
  return [...new Set(sentences)]
    .map((sentence, index) => (index === 0 ? sentence : sentence.replace(/^must be /, '')))
    .join(', or ');
}

function describeType(type: JsonType, schema: JsonSchema): string {
  switch (type) {
    case 'integer':
      return `a whole number${describeRange(schema)}`;
    case 'number':
      return `a number${describeRange(schema)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'string':
      return `a text${describeText(schema)}`;
    case 'array':
      return `a list${describeLength(schema, 'minItems', 'maxItems', 'entry', 'entries')}`;
    case 'object':
      return 'a block of keys';
    case 'null':
      return 'nothing';
  }
}

function describeRange(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const parts: string[] = [];
  if (typeof minimum === 'number' && typeof maximum === 'number') parts.push(`from ${minimum} to ${maximum}`);
  else if (typeof minimum === 'number') parts.push(`of at least ${minimum}`);
  else if (typeof maximum === 'number') parts.push(`of at most ${maximum}`);
  if (typeof exclusiveMinimum === 'number') parts.push(`above ${exclusiveMinimum}`);
  if (typeof exclusiveMaximum === 'number') parts.push(`below ${exclusiveMaximum}`);
  if (typeof multipleOf === 'number') parts.push(`that ${multipleOf} divides`);
  return parts.map((part) => ` ${part}`).join('');
}

function describeText(schema: JsonSchema): string {
  const { pattern, minLength, maxLength } = schema;
  if (typeof pattern === 'string') return ` that matches /${pattern}/`;
  if (minLength === 1 && maxLength === undefined) return ' that is not empty';
  return describeLength(schema, 'minLength', 'maxLength', 'character', 'characters');
}

function describeLength(schema: JsonSchema, minimum: string, maximum: string, one: string, many: string): string {
  const { [minimum]: least, [maximum]: most } = schema;
  const count = (limit: number): string => `${limit} ${limit === 1 ? one : many}`;
  if (typeof least === 'number' && typeof most === 'number') return ` of ${least} to ${count(most)}`;
  if (typeof least === 'number') return ` of at least ${count(least)}`;
  if (typeof most === 'number') return ` of at most ${count(most)}`;
  return '';
}

/** What is there, to go behind "got". Values that came from a variable named like a secret stay unsaid. */
export function describeActual(node: ConfigNode): string {
  if (node.kind === 'map') return 'a block of keys';
  if (node.kind === 'list') return 'a list';
  const { value, variables, source } = node;
  if (value === null) return 'nothing';
  if (variables === undefined || variables.length === 0)
    return typeof value === 'string' ? quote(value) : (source ?? String(value));
  const from = listAnd(variables.map((name) => `\${${name}}`));
  return variables.some(isSecretName) ? `the value of ${from}` : `${quote(value)} from ${from}`;
}

export function quote(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'object' ? `a ${typeOfValue(value)}` : String(value);
  const shown = value.length > MAXIMUM_SHOWN ? `${value.slice(0, MAXIMUM_SHOWN)}…` : value;
  return JSON.stringify(shown);
}

/** `a`, `a or b`, `a, b or c`. */
export function listOr(words: readonly string[]): string {
  return list(words, 'or');
}

/** `a`, `a and b`, `a, b and c`. */
export function listAnd(words: readonly string[]): string {
  return list(words, 'and');
}

function list(words: readonly string[], conjunction: string): string {
  if (words.length <= 1) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
}

/** `One. Two.` → `One.` */
export function firstSentence(text: string): string {
  return text.split(/(?<=\.)\s/)[0] ?? text;
}
