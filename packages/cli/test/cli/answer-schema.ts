import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { Ajv2020 } = createRequire(path.resolve(__dirname, '../../../core/package.json'))('ajv/dist/2020') as {
  Ajv2020: new (options: object) => {
    addSchema(schema: unknown): void;
    compile(schema: unknown): ((value: unknown) => boolean) & { errors?: unknown[] | null };
  };
};

const directory = path.resolve(__dirname, '../../../../schemas');

/** The name of each schema, by the tag of the documents that it describes. */
export const schemaFiles = new Map(
  readdirSync(directory)
    .filter((file) => file.endsWith('.schema.json'))
    .flatMap((file) => tagsOf(file).map((tag): [string, string] => [tag, file.replace('.schema.json', '')])),
);

function tagsOf(file: string): string[] {
  const { $ref, $defs = {}, ...inline } = JSON.parse(readFileSync(path.join(directory, file), 'utf8'));
  const own = $ref === undefined ? inline : $defs[$ref.replace('#/$defs/', '')];
  const { const: only, enum: several = [] } = own?.properties?.schema ?? {};
  return only === undefined ? several : [only];
}

const compiled = new Map<string, ReturnType<InstanceType<typeof Ajv2020>['compile']>>();

function compile(schema: string) {
  const read = (name: string): unknown => JSON.parse(readFileSync(path.join(directory, `${name}.schema.json`), 'utf8'));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  if (schema === 'config-document') ajv.addSchema(read('sindri'));
  return ajv.compile(read(schema));
}

/** What the published schema of an answer says about a document. */
export function judge(schema: string, document: unknown): unknown[] {
  const validate = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, validate);
  validate(document);
  return validate.errors ?? [];
}
