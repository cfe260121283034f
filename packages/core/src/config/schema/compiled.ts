import type { JsonSchema } from '../../model/json.js';
import { withProviderOptions, type SchemaProvider } from './compose.js';
import { createSchemaValidator, type SchemaValidator } from './validate.js';

/** A composed schema and the validator that was compiled from it. */
export interface CompiledSchema {
  schema: JsonSchema;
  validator: SchemaValidator;
}

/** One step of a path through the options schemas of a set of providers. */
interface Node {
  /** By the names that the schemas stand under. */
  compiled: Map<string, CompiledSchema>;
  next: WeakMap<JsonSchema, Node>;
}

/**
 * Compiling costs a hundred times as much as judging a config, and programs open thousands of configs with the same few
 * providers. A cache and nothing else: it is found by the very schema objects, and goes with them.
 */
const root: Node = { compiled: new Map(), next: new WeakMap() };

/** The schema of `sindri.yaml` for these providers, compiled once per set. Throws when one of their schemas cannot be compiled. */
export function compiledFor(providers: readonly SchemaProvider[]): CompiledSchema {
  let node = root;
  for (const { optionsSchema } of providers) {
    let next = node.next.get(optionsSchema);
    if (next === undefined) node.next.set(optionsSchema, (next = { compiled: new Map(), next: new WeakMap() }));
    node = next;
  }
  const names = providers.map(({ name }) => name).join(' ');
  const known = node.compiled.get(names);
  if (known !== undefined) return known;
  const schema = withProviderOptions(providers);
  const compiled = { schema, validator: createSchemaValidator(schema) };
  node.compiled.set(names, compiled);
  return compiled;
}
