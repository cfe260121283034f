// Writes the TypeScript types of a `sindri.yaml` from its schema. `npm run generate`; a test fails when they drift apart.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const schemaFile = path.join(root, 'schemas/sindri.schema.json');
const typesFile = path.join(root, 'packages/core/src/config/__generated__/sindri-config.ts');

const banner =
  '// Generated from schemas/sindri.schema.json by scripts/generate-types.mjs (npm run generate). Do not edit.';

/**
 * What types cannot say, or would say badly: extension keys (`x-…`) are gone before a config has this type, and as an index
 * signature they would allow every key; conditions have no type; words beside a reference would make a second type of it.
 */
function typeable(schema) {
  if (Array.isArray(schema)) return schema.map(typeable);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (typeof schema.$ref === 'string') return { $ref: schema.$ref };
  const { patternProperties: _patterns, allOf: _conditions, ...rest } = schema;
  return Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, typeable(item)]));
}

const schema = typeable(JSON.parse(readFileSync(schemaFile, 'utf8')));
const text = await compile(schema, 'SindriConfig', {
  bannerComment: banner,
  additionalProperties: false,
  unreachableDefinitions: false,
  style: { singleQuote: true, printWidth: 120 },
});

// `--check` leaves the file alone and says whether it would change: that is how the test compares.
if (!process.argv.includes('--check')) {
  mkdirSync(path.dirname(typesFile), { recursive: true });
  writeFileSync(typesFile, text);
} else if (readFileSync(typesFile, 'utf8') !== text) {
  console.error(`${path.relative(root, typesFile)} does not fit the schema any more: npm run generate`);
  process.exitCode = 1;
}
