// Validators of the schemas that nearly everybody uses, compiled ahead of time: the schema of sindri.yaml alone, and with the options of
// one of our own providers. Any other set of providers is compiled when it is needed, as in the library.
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../setup.mjs';

const core = path.join(root, 'packages/core');
const schemaRoom = path.join(core, 'dist/config/schema');
const require = createRequire(path.join(core, 'package.json'));

export const precompiledSchemas = {
  name: 'precompiled-schemas',
  setup(build) {
    const known = validators();
    build.onResolve({ filter: /^\.\/compile-schema\.js$/ }, ({ importer }) =>
      path.dirname(importer) === schemaRoom ? { path: 'chosen', namespace: 'precompiled' } : undefined,
    );
    build.onResolve({ filter: /^precompiled:/ }, ({ path: name }) => ({ path: name, namespace: 'precompiled' }));
    build.onLoad({ filter: /^chosen$/, namespace: 'precompiled' }, () => ({
      resolveDir: schemaRoom,
      // Compared as text: whatever differs in a schema, it is not the one that was compiled.
      contents: `
const known = [${known.map(({ name, text }) => `[${JSON.stringify(text)}, () => require('precompiled:${name}')]`).join(', ')}];
exports.compileSchema = (schema) => {
  const text = JSON.stringify(schema);
  const found = known.find(([own]) => own === text);
  return found ? found[1]()(schema) : require('part:ajv').compileSchema(schema);
};`,
    }));
    build.onLoad({ filter: /^precompiled:/, namespace: 'precompiled' }, ({ path: name }) => ({
      resolveDir: core,
      contents: known.find((one) => name === `precompiled:${one.name}`).code,
    }));
  },
};

function validators() {
  const { Ajv2020 } = require('ajv/dist/2020.js');
  const { default: standaloneCode } = require('ajv/dist/standalone');
  const { COMPILE_OPTIONS } = require(path.join(schemaRoom, 'compile-schema.js'));
  const { withProviderOptions } = require(path.join(schemaRoom, 'compose.js'));
  const ours = ['fly', 'docker'].map((name) => [
    name,
    [require(path.join(root, 'plugins', `provider-${name}`, 'dist/index.js')).createProvider()],
  ]);
  return [['core', []], ...ours].map(([name, providers]) => {
    const schema = withProviderOptions(providers);
    const ajv = new Ajv2020({ ...COMPILE_OPTIONS, code: { source: true, optimize: true } });
    return { name, text: JSON.stringify(schema), code: overSchema(standaloneCode(ajv, ajv.compile(schema)), schema) };
  });
}

/**
 * The compiler writes the schema and each of its definitions into the code once more, for the errors to carry. Whoever asks for the validator
 * has the schema at hand, and a few hundred objects are not made twice at every start.
 */
function overSchema(code, schema) {
  const [head, validate] = /^"use strict";module\.exports = (\w+);module\.exports\.default = \1;/.exec(code) ?? [];
  if (head === undefined) throw new Error('ajv does not begin its code as it did.');
  const definitions = Object.entries(schema.$defs ?? {}).map(([name, one]) => [`given.$defs.${name}`, one]);
  const referring = [['given', schema], ...definitions].reduce(
    (text, [where, one]) => text.replaceAll(` = ${JSON.stringify(one)};`, ` = ${where};`),
    code.slice(head.length),
  );
  if (/const schema\d+ = \{/.test(referring)) throw new Error('ajv writes a part of the schema that is no definition.');
  return `"use strict";module.exports = (given) => {${referring}\nreturn ${validate};};`;
}
