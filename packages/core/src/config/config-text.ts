import { Document, isMap, isScalar } from 'yaml';
import type { JsonObject, JsonValue } from '../model/json.js';
import { DEFAULT_DIALECT } from './dialect.js';
import { DEFAULT_SCHEMA_PATH, schemaLine } from './schema-line.js';

/** A config as the text of a `sindri.yaml`, with lines above it that say where its schema and it are from. What looks like a variable stays what it is. */
export function configText(config: JsonObject, origin: string): string {
  const document = new Document({ version: DEFAULT_DIALECT, ...(literal(config) as JsonObject) });
  document.commentBefore = `${schemaLine(DEFAULT_SCHEMA_PATH).slice(1)}
 ${origin.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}`;
  if (isMap(document.contents)) {
    for (const { key, value } of document.contents.items) {
      if (isScalar(key) && isMap(value)) key.spaceBefore = true;
    }
  }
  return document.toString({ lineWidth: 0 });
}

/** Somebody else's text must not be filled with the variables of whoever reads it. */
function literal(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, literal(item)]])),
  );
}
