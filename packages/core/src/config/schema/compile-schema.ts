import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../model/json.js';

/** How schemas are compiled, here and ahead of time for the command line that people install. */
export const COMPILE_OPTIONS: Options = {
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
};

/** The validator of a schema. Throws a plain `Error` when the schema cannot be made sense of. */
export function compileSchema(schema: JsonSchema): ValidateFunction {
  return new Ajv2020(COMPILE_OPTIONS).compile(schema);
}
