// Writes the keys and enum words of the documents that the command line prints: what the redactor must never hide. Run after
// generate-output-schemas.mjs; part of `npm run generate`, and a test fails when they drift apart.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const schemas = path.join(root, 'schemas');
const target = path.join(root, 'packages/core/src/redact/__generated__/own-words.ts');

const words = new Set();
const isWord = (value) => typeof value === 'string' && value.length >= 4 && /^[A-Za-z][\w./-]*$/.test(value);
const add = (value) => isWord(value) && words.add(value);

function visit(schema) {
  if (Array.isArray(schema)) return schema.forEach(visit);
  if (typeof schema !== 'object' || schema === null) return;
  Object.keys(schema.properties ?? {}).forEach(add);
  (schema.enum ?? []).forEach(add);
  add(schema.const);
  Object.values(schema).forEach(visit);
}

for (const name of readdirSync(schemas).filter((file) => file.endsWith('.schema.json'))) {
  visit(JSON.parse(readFileSync(path.join(schemas, name), 'utf8')));
}

const text = `// Generated from schemas/ by scripts/generate-own-words.mjs (npm run generate). Do not edit.
export const OWN_WORDS: readonly string[] = [
${[...words]
  .sort()
  .map((word) => `  '${word}',\n`)
  .join('')}];
`;

// `--check` leaves the file alone and says whether it would change: that is how the test compares.
if (!process.argv.includes('--check')) {
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error(`${path.relative(root, target)} does not fit the schemas any more: npm run generate`);
  process.exitCode = 1;
}
