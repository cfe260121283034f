/** A value that survives `JSON.parse(JSON.stringify(value))` unchanged. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object. Providers keep their own data in these; core never looks inside. */
export type JsonObject = { [key: string]: JsonValue };

/** A JSON Schema document (2020-12 dialect). */
export type JsonSchema = { [key: string]: unknown };
