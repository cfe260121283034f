import type { JsonSchema } from '../model/json.js';

/** The JSON Schema of one option, as far as the type of its value follows from it; every other keyword may stand beside these. */
export interface OptionSchema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly (string | number | boolean)[];
  readonly items?: OptionSchema;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  /** An option with a default always has a value. */
  readonly default?: unknown;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

/** A schema of {@link defineOptions}, with the shape of what it accepts. */
export type OptionsSchema<Properties> = JsonSchema & { readonly properties: Properties };

/** What `providers.<name>` holds once defaults are filled in, from the schema: `type MyOptions = OptionsOf<typeof optionsSchema>`. */
export type OptionsOf<Schema extends { readonly properties: unknown }> = ValuesOf<Schema['properties']>;

type ValuesOf<Properties> = {
  -readonly [Key in WithDefault<Properties>]: ValueOf<Properties[Key]>;
} & { -readonly [Key in Exclude<keyof Properties, WithDefault<Properties>>]?: ValueOf<Properties[Key]> };

type WithDefault<Properties> = {
  [Key in keyof Properties]: Properties[Key] extends { readonly default: unknown } ? Key : never;
}[keyof Properties];

type ValueOf<Option> = Option extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : Option extends { readonly properties: infer Properties }
    ? ValuesOf<Properties>
    : Option extends { readonly items: infer Item }
      ? ValueOf<Item>[]
      : Option extends { readonly type: 'string' }
        ? string
        : Option extends { readonly type: 'integer' | 'number' }
          ? number
          : Option extends { readonly type: 'boolean' }
            ? boolean
            : unknown;

/**
 * The options schema of a provider from its options alone: objects take no other keys, at every level, and say by their members that they
 * are objects. {@link OptionsOf} gives the type, so that no option is written down twice.
 */
export function defineOptions<const Properties extends Readonly<Record<string, OptionSchema>>>(
  properties: Properties,
): OptionsSchema<Properties> {
  return closed({ properties }) as OptionsSchema<Properties>;
}

function closed(schema: OptionSchema): JsonSchema {
  const { properties, items } = schema;
  return {
    ...(schema as JsonSchema),
    ...(items === undefined ? {} : { type: 'array', items: closed(items) }),
    ...(properties === undefined
      ? {}
      : {
          type: 'object',
          additionalProperties: false,
          properties: Object.fromEntries(Object.entries(properties).map(([name, option]) => [name, closed(option)])),
        }),
  };
}
