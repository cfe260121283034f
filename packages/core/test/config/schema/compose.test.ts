import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { composeConfigSchema, coreConfigSchema } from '../../../src/config/schema/compose.js';
import { flyLikeProvider } from '../fly-like-provider.js';

const compile = (schema: object) =>
  new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, keywords: ['errorMessage'] }).compile(
    schema,
  );

describe('the schema of a config', () => {
  it('is a valid JSON Schema by its own dialect', () => {
    expect(() => compile(coreConfigSchema())).not.toThrow();
    expect(coreConfigSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://sindri.dev/schemas/sindri.schema.json',
    });
  });

  it('explains every key', () => {
    const unexplained: string[] = [];
    const visit = (schema: Record<string, unknown>, path: string): void => {
      for (const [key, value] of Object.entries(
        (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        if (value['description'] === undefined && value['$ref'] === undefined) unexplained.push(`${path}.${key}`);
        visit(value, `${path}.${key}`);
      }
    };
    visit(coreConfigSchema(), '');
    for (const [name, schema] of Object.entries(
      coreConfigSchema()['$defs'] as Record<string, Record<string, unknown>>,
    )) {
      visit(schema, name);
    }
    expect(unexplained).toEqual([]);
  });

  it('is closed at every level, but for keys of the author', () => {
    const validate = compile(composeConfigSchema([flyLikeProvider()]));
    const valid = (text: string): boolean => validate(parse(text));
    expect(valid('deployment: {provider: fly}\nx-mine: {any: thing}')).toBe(true);
    expect(valid('deployment: {provider: fly, x-mine: 1, resources: {x-mine: 1}}\nproviders: {fly: {x-mine: 1}}')).toBe(
      true,
    );
    for (const wrong of [
      'deployment: {provider: fly}\nfoo: 1',
      'deployment: {provider: fly, foo: 1}',
      'deployment: {provider: fly, resources: {foo: 1}}',
      'deployment: {provider: fly}\nproviders: {fly: {foo: 1}}',
      'deployment: {provider: fly}\nsecrets: [{name: A, source: env, foo: 1}]',
    ]) {
      expect([wrong, valid(wrong)]).toEqual([wrong, false]);
    }
  });
});

describe('composeConfigSchema', () => {
  const schema = composeConfigSchema([flyLikeProvider()]);
  const validate = compile(schema);

  it('has the options of the providers where people look for them', () => {
    expect(schema).toMatchObject({
      properties: { providers: { properties: { fly: { properties: { region: { default: 'sjc' } } } } } },
      $defs: { deployment: { properties: { provider: { enum: ['fly'] } } } },
    });
  });

  it('lets an editor accept both spellings, also of keys that must be there', () => {
    const valid = (text: string): boolean => validate(parse(text));
    expect(valid('deployment: {provider: fly, image_config: {registry: a, tag_override: b}}')).toBe(true);
    expect(valid('deployment: {provider: fly}\nproviders: {fly: {auto_stop_machines: false}}')).toBe(true);
    expect(valid('deployment: {provider: fly}\nproviders: {fly: {auto_stop_machines: perhaps}}')).toBe(false);
    const secret = (rest: string): boolean =>
      valid(`deployment: {provider: fly}\nsecrets: [{name: A, source: vault, ${rest}}]`);
    expect(secret('vaultPath: p, vaultKey: k')).toBe(true);
    expect(secret('vault_path: p, vault_key: k')).toBe(true);
    expect(secret('vault_path: p')).toBe(false);
  });

  it('lets any provider be named when none is given', () => {
    const open = compile(composeConfigSchema([]));
    expect(open({ deployment: { provider: 'docker' }, providers: { docker: { a: 1 } } })).toBe(true);
  });

  it("takes a provider's own references along", () => {
    const provider = flyLikeProvider({
      name: 'other',
      optionsSchema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'https://other.example/options.json',
        type: 'object',
        additionalProperties: false,
        properties: {
          near: { $ref: '#/$defs/port' },
          far: { $ref: 'https://other.example/options.json#/$defs/port' },
          tree: { $ref: '#' },
        },
        $defs: { port: { type: 'integer' } },
      },
    });
    const composed = compile(composeConfigSchema([provider]));
    const valid = (options: object): boolean =>
      composed({ deployment: { provider: 'other' }, providers: { other: options } });
    expect(valid({ near: 1, far: 2, tree: { near: 3 } })).toBe(true);
    expect([valid({ near: 'x' }), valid({ far: 'x' }), valid({ tree: { near: 'x' } })]).toEqual([false, false, false]);
  });

  it('does not change the schemas it is made of', () => {
    const provider = flyLikeProvider();
    const before = JSON.stringify([coreConfigSchema(), provider.optionsSchema]);
    composeConfigSchema([provider]);
    expect(JSON.stringify([coreConfigSchema(), provider.optionsSchema])).toBe(before);
  });
});
