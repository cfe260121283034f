// undici without what no command of ours uses of it, and with its parser compiled quickly.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../setup.mjs';
import { changed } from './lighter.mjs';

const require = createRequire(import.meta.url);

const wholeUndici = path.dirname(
  require.resolve('undici/package.json', { paths: [path.join(root, 'plugins/provider-fly')] }),
);
const undiciParts = path.join(root, 'packages/cli/product/undici.cjs');
const compileParser = path.join(root, 'packages/cli/product/compile-parser.cjs');

/** What our packages take of undici must be among its parts. */
function requireOffered(importer) {
  const offered = [...readFileSync(undiciParts, 'utf8').matchAll(/^ {2}(?:get )?(\w+)(?:\(\) \{|,)$/gm)].map(
    (match) => match[1],
  );
  for (const [, name] of readFileSync(importer, 'utf8').matchAll(/\bundici_1\.(\w+)/g)) {
    if (!offered.includes(name)) throw new Error(`${importer} uses ${name} of undici: add it to ${undiciParts}.`);
  }
}

/** What is changed in undici: `[end of the file's name, text, text instead]`. */
const inUndici = [
  ['dispatcher/client-h1.js', 'new WebAssembly.Module(', `require(${JSON.stringify(compileParser)}).compileParser(`],
  // Node's own HTTP is loaded for a limit of its, and for a kind of body that nobody here sends.
  ['dispatcher/client.js', "const http = require('node:http')", 'const http = { maxHeaderSize: 16384 }'],
  ['core/util.js', "const { IncomingMessage } = require('node:http')", "const http = require('node:http')"],
  ['core/util.js', '=== IncomingMessage', '=== http.IncomingMessage'],
  // Of the tables of its parser it uses two, and making all of them takes a while.
  [
    'dispatcher/client-h1.js',
    "require('../llhttp/constants.js')",
    JSON.stringify(
      (({ ERROR, TYPE }) => ({ ERROR, TYPE }))(require(path.join(wholeUndici, 'lib/llhttp/constants.js'))),
    ),
  ],
  // So does making a tree of all names of headers, which pays after thousands of answers.
  ['core/util.js', "const { tree } = require('./tree')\n", ''],
  [
    'core/util.js',
    "tree.lookup(value) ?? value.toString('latin1').toLowerCase()",
    "headerNameToString(value.toString('latin1'))",
  ],
];

export const slimUndici = {
  name: 'slim-undici',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ importer }) => {
      requireOffered(importer);
      return { path: undiciParts };
    });
    build.onResolve({ filter: /^undici-whole\// }, ({ path: name }) => ({
      path: path.join(wholeUndici, name.slice('undici-whole/'.length)),
    }));
    // HTTP/2 is Node's own, and large: only for a server that offers it.
    build.onResolve({ filter: /^\.\/client-h2(\.js)?$/ }, ({ importer }) => ({
      path: path.join(path.dirname(importer), 'client-h2.js'),
      namespace: 'undici-h2',
    }));
    build.onLoad({ filter: /.*/, namespace: 'undici-h2' }, ({ path: file }) => ({
      contents: `module.exports = (...all) => require(${JSON.stringify(file)})(...all);`,
      resolveDir: path.dirname(file),
    }));
    build.onLoad({ filter: /undici[\\/]lib[\\/](core|dispatcher)[\\/][^\\/]+\.js$/ }, ({ path: file }) => {
      const replacements = inUndici.filter(([end]) => file.replaceAll('\\', '/').endsWith(`undici/lib/${end}`));
      return replacements.length === 0
        ? undefined
        : {
            contents: changed(
              file,
              replacements.map(([, ...pair]) => pair),
            ),
          };
    });
  },
};
