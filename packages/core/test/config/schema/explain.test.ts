import type { JsonSchema } from '../../../src/model/json.js';
import { flyLikeProvider, judge } from '../fly-like-provider.js';

/** What people read about `value` for an option with this schema, which somebody else wrote. */
async function lines(option: JsonSchema, value: string, definitions: JsonSchema = {}): Promise<string[]> {
  const provider = flyLikeProvider({
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      properties: { it: option },
      $defs: definitions,
    },
  });
  const text = `version: "3.0"\nname: demo\ndeployment: {provider: fly}\nproviders: {fly: {it: ${value}}}\n`;
  const judged = await judge(text, { providers: [provider] });
  return judged.lines.map((line) => line.replace(/^\S+ error providers\.fly\.it/, '…'));
}

describe('the schema of a stranger, in words', () => {
  it.each<[string, JsonSchema, string, string[]]>([
    ['a constant', { const: 'x' }, 'y', ['… must be "x", got "y".']],
    ['an enum of several types', { enum: ['a', 1, true] }, 'b', ['… must be one of "a", 1 or true, got "b".']],
    ['a pattern', { type: 'string', pattern: '^a+$' }, 'b', ['… must be a text that matches /^a+$/, got "b".']],
    [
      'its own words',
      { type: 'string', pattern: '^a+$', errorMessage: 'must be all a' },
      'b',
      ['… must be all a, got "b".'],
    ],
    ['an empty text', { type: 'string', minLength: 1 }, '""', ['… must be a text that is not empty, got "".']],
    [
      'a length',
      { type: 'string', minLength: 2, maxLength: 3 },
      'abcd',
      ['… must be a text of 2 to 3 characters, got "abcd".'],
    ],
    [
      'two ranges at once',
      { type: 'integer', minimum: 3, multipleOf: 2 },
      '1',
      ['… must be a whole number of at least 3 that 2 divides, got 1.'],
    ],
    [
      'a range of fractions',
      { type: 'number', exclusiveMinimum: 0, maximum: 1 },
      '2',
      ['… must be a number of at most 1 above 0, got 2.'],
    ],
    [
      'two types',
      { type: ['string', 'integer'] },
      'true',
      ['… must be a text or a whole number, got true. (Put it in quotes if it is meant as a text.)'],
    ],
    ['a number or a whole number', { type: ['number', 'integer'] }, 'x', ['… must be a number, got "x".']],
    ['a list of a length', { type: 'array', minItems: 1 }, '[]', ['… must be a list of at least 1 entry, got a list.']],
    [
      'what is in a list',
      { type: 'array', items: { type: 'integer' } },
      '[1, x]',
      ['…[1] must be a whole number, got "x".'],
    ],
    [
      'a choice of values',
      { anyOf: [{ type: 'boolean' }, { enum: ['stop', 'suspend'] }] },
      'halt',
      ['… must be `true` or `false`, or one of "stop" or "suspend", got "halt".'],
    ],
    [
      'a choice by name',
      { oneOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] },
      'x',
      ['… must be a whole number, or nothing, got "x".'],
    ],
    [
      'a choice that was clearly meant',
      {
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            properties: { port: { type: 'integer' } },
            required: ['port'],
            additionalProperties: false,
          },
        ],
      },
      '{port: x}',
      ['….port must be a whole number, got "x".'],
    ],
    [
      'a choice of blocks',
      {
        oneOf: [
          { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'], additionalProperties: false },
          { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'], additionalProperties: false },
        ],
      },
      '{b: x}',
      ['….b must be a whole number, got "x".'],
    ],
    [
      'a condition',
      { type: 'object', if: { required: ['a'] }, then: { required: ['b'] } },
      '{a: 1}',
      ['….b is missing.'],
    ],
    ['a key that needs another', { type: 'object', dependentRequired: { a: ['b'] } }, '{a: 1}', ['….b is missing.']],
    ['what must not be', { not: { type: 'string' } }, 'x', ['… is not allowed like this, got "x".']],
    ['entries that are equal', { type: 'array', uniqueItems: true }, '[1, 1]', ['… must not have an entry twice.']],
    ['a long text', { type: 'integer' }, 'x'.repeat(100), [`… must be a whole number, got "${'x'.repeat(60)}…".`]],
  ])('%s', async (_what, option, value, expected) => {
    const definitions = { a: { type: 'integer' } };
    const actual = (await lines(option, value, definitions)).map((line) =>
      line.replace(/^\S+ error providers/, 'providers'),
    );
    expect(actual).toEqual(expected);
  });
});
