import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { Ajv2020 } = createRequire(path.resolve(__dirname, '../../../core/package.json'))('ajv/dist/2020') as {
  Ajv2020: new (options: object) => {
    addSchema(schema: unknown): void;
    compile(schema: unknown): ((value: unknown) => boolean) & { errors?: unknown[] | null };
  };
};

/** What the published schema of an answer says about a document. */
export function judge(schema: string, document: unknown): unknown[] {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(path.resolve(__dirname, `../../../../schemas/${name}.schema.json`), 'utf8'));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  if (schema === 'config-document') ajv.addSchema(read('sindri'));
  const validate = ajv.compile(read(schema));
  validate(document);
  return validate.errors ?? [];
}
