import assert from 'node:assert/strict';
import type { ConfigProblem } from '@sindri/core';
import type { PureCase } from '../conformance-case.js';
import { smallestConfig } from '../pure-bench.js';
import { frozenCopy } from '../forbid-impurity.js';

const UNKNOWN_KEY = 'sindriConformanceUnknownKey';

export const optionsCases: readonly PureCase[] = [
  {
    name: 'options: the schema is closed at every level',
    platform: false,
    run({ provider }) {
      for (const { path, schema } of objectSchemas(provider.optionsSchema, 'optionsSchema')) {
        const { additionalProperties } = schema;
        // A map of named things says so by a schema for its members.
        const closed = additionalProperties === false || typeof additionalProperties === 'object';
        assert.ok(closed, `${path} must have "additionalProperties": false, or misspelt keys pass unnoticed`);
      }
    },
  },
  {
    name: 'options: keys are in camelCase',
    platform: false,
    run({ provider }) {
      for (const { path, schema } of objectSchemas(provider.optionsSchema, 'optionsSchema')) {
        for (const key of Object.keys(schema['properties'] ?? {})) {
          assert.match(key, /^[a-z][A-Za-z0-9]*$/, `${path}.properties.${key}: core accepts snake_case by itself`);
        }
      }
    },
  },
  {
    name: 'options: an unknown key is reported with its path',
    platform: false,
    async run({ provider, load }) {
      const { problems } = await load(smallestConfig(provider, { [UNKNOWN_KEY]: 1 }));
      const path = `providers.${provider.name}.${UNKNOWN_KEY}`;
      const reported = problems.some((problem) => problem.severity === 'error' && problem.path === path);
      assert.ok(reported, `"${path}" must be an error, but these were: ${describe(problems)}`);
    },
  },
  {
    name: 'options: validate is pure, and what it reports can be shown',
    platform: false,
    async run({ provider, loadSpec }) {
      if (provider.validate === undefined) return;
      const spec = frozenCopy(await loadSpec());
      const problems = provider.validate(spec);
      assert.ok(Array.isArray(problems), 'validate must return an array of problems');
      assert.deepEqual(provider.validate(spec), problems, 'validate must say the same about the same spec');
      // What the author calls a good config may deserve warnings; they must be whole.
      for (const { severity, code, message, path } of problems) {
        assert.ok(severity === 'error' || severity === 'warning', `"${severity}" is no severity`);
        assert.match(code, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/, 'a problem needs a code with the area in front');
        assert.notEqual(message.trim(), '', `the problem ${code} must say what is wrong`);
        assert.equal(typeof path, 'string', `the problem ${code} must name the path in the file`);
      }
    },
  },
];

interface ObjectSchema {
  path: string;
  schema: Record<string, unknown>;
}

/** Every schema below `schema` that describes an object with named members. */
function* objectSchemas(schema: unknown, path: string): Generator<ObjectSchema> {
  if (typeof schema !== 'object' || schema === null) return;
  if (!Array.isArray(schema)) {
    const object = schema as Record<string, unknown>;
    if (object['type'] === 'object' || isRecord(object['properties'])) yield { path, schema: object };
  }
  for (const [key, item] of Object.entries(schema)) {
    // The members of `properties` and `$defs` are schemas under names of the author's choice.
    if (['properties', '$defs', 'patternProperties'].includes(key) && isRecord(item)) {
      for (const [name, member] of Object.entries(item)) yield* objectSchemas(member, `${path}.${key}.${name}`);
    } else if (!['const', 'enum', 'default', 'examples', 'if', 'not'].includes(key)) {
      yield* objectSchemas(item, `${path}.${key}`);
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(problems: readonly ConfigProblem[]): string {
  return problems.length === 0 ? 'none' : problems.map(({ path, code }) => `${path} (${code})`).join(', ');
}
