import type { JsonSchema } from '../../model/json.js';
import { compileSchema } from './compile-schema.js';
import { explainErrors, type Violation } from './explain.js';
import { toJson, type MapNode } from '../tree.js';

/** Judges configs by one schema. */
export interface SchemaValidator {
  /** Everything the schema refuses in `root`, which has canonical spelling. */
  violations(root: MapNode): Violation[];
}

/** Throws a plain `Error` when `schema` cannot be made sense of: then a provider's part of it is wrong. */
export function createSchemaValidator(schema: JsonSchema): SchemaValidator {
  const validate = compileSchema(schema);
  return {
    violations(root) {
      return validate(toJson(root)) ? [] : explainErrors(validate.errors ?? [], root, schema);
    },
  };
}
