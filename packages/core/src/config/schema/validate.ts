import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../model/json.js';
import { explainErrors, type Violation } from './explain.js';
import { toJson, type MapNode } from '../tree.js';

/** Judges configs by one schema. */
export interface SchemaValidator {
  /** Everything the schema refuses in `root`, which has canonical spelling. */
  violations(root: MapNode): Violation[];
}

/** Throws a plain `Error` when `schema` cannot be made sense of: then a provider's part of it is wrong. */
export function createSchemaValidator(schema: JsonSchema): SchemaValidator {
  const validate = compile(schema);
  return {
    violations(root) {
      return validate(toJson(root)) ? [] : explainErrors(validate.errors ?? [], root, schema);
    },
  };
}

function compile(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv2020({
    allErrors: true,
    // The errors carry the schema they come from: sentences are made of it.
    verbose: true,
    // Keywords for editors (`errorMessage`, formats) are none of the validator's business, and a provider may have more.
    strict: false,
    validateFormats: false,
    ownProperties: true,
    logger: false,
    // Judging the schema by its own schema takes several times as long as all the rest, and compiling finds most of it too.
    meta: false,
    validateSchema: false,
    // The code runs once.
    code: { optimize: false },
  });
  return ajv.compile(schema);
}
