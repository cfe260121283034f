import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The little of OpenAPI that the comparison reads. */
export interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  allOf?: Schema[];
  enum?: unknown[];
}

export interface OpenApi {
  paths: Record<
    string,
    Record<
      string,
      { operationId: string; responses: Record<string, { content?: Record<string, { schema?: Schema }> }> }
    >
  >;
  components: { schemas: Record<string, Schema> };
}

/** The published description, when a copy lies beside the repository; `null` otherwise. */
export function readOpenApi(): OpenApi | null {
  const file = path.resolve(__dirname, '../../../../../shared/data/fly-machines-openapi-2026-05.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as OpenApi) : null;
}

/** Where a body differs from its schema, as readable lines. Members that the schema does not name are fine. */
export function differences(api: OpenApi, schema: Schema, value: unknown, where = 'body'): string[] {
  if (value === null || value === undefined) return [];
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return differences(api, api.components.schemas[name] ?? {}, value, where);
  }
  const problems = (schema.allOf ?? []).flatMap((part) => differences(api, part, value, where));
  if (schema.enum && !schema.enum.includes(value))
    problems.push(`${where}: ${JSON.stringify(value)} is not in the enum`);
  if (
    schema.type !== undefined &&
    schema.type !== typeName(value) &&
    !(schema.type === 'number' && typeof value === 'number')
  ) {
    return [...problems, `${where}: ${typeName(value)}, not ${schema.type}`];
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) problems.push(...value.flatMap((item, index) => differences(api, items, item, `${where}[${index}]`)));
  } else if (typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) {
      const known =
        schema.properties?.[key] ??
        (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
      if (known) problems.push(...differences(api, known, member, `${where}.${key}`));
    }
  }
  return problems;
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
