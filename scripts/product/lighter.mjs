// What the bundler does to libraries so that a command loads what it needs and no more.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../setup.mjs';
import lazyImportsOf from './lazy-imports.cjs';
import { quickIndex } from './quick-index.mjs';

const require = createRequire(import.meta.url);
const { withLazyImports } = lazyImportsOf;

/** Parts of Node that take milliseconds to load: they are loaded when something of them is used. */
const heavy =
  /^(node:)?(assert|child_process|crypto|dns|fs\/promises|http|http2|https|net|perf_hooks|readline|readline\/promises|tls|tty|vm|worker_threads|zlib)$/;

/** The questions about files that every command has. A content is none: it may be that of a pipe. */
const QUESTIONS = ['lstat', 'mkdir', 'readdir', 'realpath', 'stat'];

/** What does without loading `node:fs/promises`. */
const promised = (names) => `Object.fromEntries(
  ${JSON.stringify(names)}.map((name) => {
    const call = require('node:fs')[name];
    return [name, (...all) => new Promise((resolve, reject) =>
      call(...all, (error, answer) => (error ? reject(error) : resolve(answer))))];
  }),
)`;
/** A command asks them at once, without the threads that Node starts for the first of them. A server would keep others waiting. */
const atOnce = `{ ...${promised(['readFile'])}, ...Object.fromEntries(
  ${JSON.stringify(QUESTIONS)}.map((name) => [name, async (...all) => require('node:fs')[name + 'Sync'](...all)]),
) }`;

/** What does without loading them: a check that holds, and questions about files. */
const quick = (isServer) => ({
  assert: `Object.assign((value, ...message) => value || load()(value, ...message), {
  ok: (value, ...message) => value || load().ok(value, ...message),
  equal: (value, wanted, ...message) => value == wanted || load().equal(value, wanted, ...message),
})`,
  'fs/promises': isServer ? promised(['readFile', ...QUESTIONS]) : atOnce,
});

/** `isServer`: it answers others, and so waits for a disk beside that. */
export const lazyBuiltins = (isServer) => ({
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: heavy }, ({ path: name, namespace, kind }) =>
      namespace === 'lazy-builtin' || kind !== 'require-call'
        ? { path: name, external: true }
        : { path: name, namespace: 'lazy-builtin' },
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path: name }) => ({
      contents: `
let loaded;
const load = () => (loaded ??= require(${JSON.stringify(name)}));
const quick = ${quick(isServer)[name.replace(/^node:/, '')] ?? '{}'};
module.exports = new Proxy(quick, {
  get: (_target, key) => (key === '__esModule' ? undefined : Object.hasOwn(quick, key) ? quick[key] : load()[key]),
  has: (_target, key) => key in load(),
  ownKeys: () => Reflect.ownKeys(load()),
  getOwnPropertyDescriptor: (_target, key) => {
    const own = Object.getOwnPropertyDescriptor(load(), key);
    return own && { ...own, configurable: true };
  },
});`,
    }));
  },
});

/** Most commands use a small part of what they could. */
export const lazyImports = {
  name: 'lazy-imports',
  setup(build) {
    build.onLoad(
      { filter: /[\\/](packages|plugins)[\\/][^\\/]+[\\/]dist[\\/].*\.js$|@oclif[\\/]core[\\/]lib[\\/].*\.js$/ },
      ({ path: file }) => ({
        contents:
          quickIndex(readFileSync(file, 'utf8')) ??
          withLazyImports(changed(file, replacementsIn(file)), { keepsModules: true }),
      }),
    );
  },
};

/** V8 makes an object of JSON several times as quickly as of JavaScript, and one string takes less room in what it keeps than a hundred objects. */
export const dataAsText = {
  name: 'data-as-text',
  setup(build) {
    build.onLoad({ filter: /\.schema\.json$/ }, ({ path: file }) => ({
      contents: `module.exports = JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))))});`,
    }));
  },
};

const commandDetails = path.join(root, 'packages/cli/product/command-details.cjs');

/** What is changed in the command framework: `[end of the file's name, text, text instead]`. */
const inFramework = [
  // It reads its few small files without a detour through threads.
  [
    'lib/util/fs.js',
    'const promises_1 = require("node:fs/promises");',
    'const promises_1 = { stat: async (name) => node_fs_1.statSync(name), readFile: async (name, encoding) => node_fs_1.readFileSync(name, encoding) };',
  ],
  // To find the command it asks two questions of its help, which is large.
  [
    'lib/main.js',
    'const help_1 = require("./help");',
    `const util_help_1 = require("./help/util");
const help_1 = {
  getHelpFlagAdditions: (...all) => util_help_1.getHelpFlagAdditions(...all),
  normalizeArgv: (...all) => util_help_1.normalizeArgv(...all),
  loadHelpClass: (...all) => require("./help").loadHelpClass(...all),
};`,
  ],
  // Of its package it wants the version, not all that is said there.
  [
    'lib/cache.js',
    "require('@oclif/core/package.json').version",
    JSON.stringify(require('@oclif/core/package.json').version),
  ],
  // Most people have neither a theme nor plugins: asking for a file is much quicker than to be refused one.
  [
    'lib/util/fs.js',
    'async function safeReadJson(path, useCache = true) {',
    'async function safeReadJson(path, useCache = true) {\n    if (!existsSync(path)) return;',
  ],
  [
    'lib/config/plugin-loader.js',
    "debug('reading user plugins pjson %s', userPJSONPath);",
    'if (!(0, fs_1.existsSync)(userPJSONPath)) return;',
  ],
  // npm has compared the version of Node when it installed the product, and comparing loads a library.
  ['lib/index.js', '\ncheckNodeVersion();', ''],
  // A command's flags and texts are read when somebody asks for them, see command-details.cjs.
  [
    'lib/config/plugin.js',
    'await (0, fs_1.readJson)(p);',
    `require(${JSON.stringify(commandDetails)}).withDetails(await (0, fs_1.readJson)(p), p);`,
  ],
  ['lib/config/plugin.js', '({\n            ...c,', `require(${JSON.stringify(commandDetails)}).copyOf(c, {`],
  [
    'lib/config/config.js',
    '{ ...command, hidden, id: aliasWithDefaultTopicSeparator }',
    `require(${JSON.stringify(commandDetails)}).copyOf(command, { hidden, id: aliasWithDefaultTopicSeparator })`,
  ],
  // Code that V8 has kept knows no way to import: the file that loads it has one.
  ['lib/module-loader.js', 'await import(', 'await require.importModule('],
  [
    'lib/config/config.js',
    '{ description: c.summary || c.description, name }',
    `require(${JSON.stringify(commandDetails)}).topicOf(c, name)`,
  ],
  // What kind of package a file is in is asked for plugins of others only.
  [
    'lib/module-loader.js',
    "const getPackageType = require('get-package-type');",
    "const getPackageType = { sync: (...all) => require('get-package-type').sync(...all) };",
  ],
  // Our own files are here already, and nobody has to look for them, or for what kind of module they are: see load.js.
  [
    'lib/module-loader.js',
    'async function resolvePath(config, modulePath) {',
    `async function resolvePath(config, modulePath) {
    const own = (0, node_path_1.resolve)(config.root, modulePath);
    if (require.isOwn(own)) return { filePath: own, isESM: false };`,
  ],
  // For a command it loads everything once more, in case that the command is of another version of the framework. It is this one: then it
  // is what was loaded, but for the name by which hooks may have called the program.
  [
    'lib/command.js',
    'await config_1.Config.load(opts || require.main?.filename || __dirname)',
    `opts instanceof config_1.Config
            ? Object.assign(Object.create(Object.getPrototypeOf(opts)), opts, { bin: opts.pjson.oclif.bin || opts.name, binAliases: opts.pjson.oclif.binAliases })
            : await config_1.Config.load(opts || require.main?.filename || __dirname)`,
  ],
  // Under which parts of their ids commands can be found is asked where words may come in any order, which ours may not.
  [
    'lib/config/config.js',
    `        this.validPermutations.set(permutation, commandId);
        for (const id of (0, util_3.collectUsableIds)([permutation])) {
            if (this.has(id)) {
                this.set(id, this.get(id).add(commandId));
            }
            else {
                this.set(id, new Set([commandId]));
            }
        }`,
    `        this.validPermutations.set(permutation, commandId);
        this.added.push([permutation, commandId]);`,
  ],
  [
    'lib/config/config.js',
    `    get(key) {
        return super.get(key) ?? new Set();`,
    `    added = [];
    get(key) {
        for (const [permutation, commandId] of this.added.splice(0))
            for (const id of (0, util_3.collectUsableIds)([permutation])) this.set(id, (super.get(id) ?? new Set()).add(commandId));
        return super.get(key) ?? new Set();`,
  ],
  // Comparing by the rules of a language loads them, and ids are plain.
  ['lib/config/plugin.js', 'a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : a.id > b.id ? 1 : 0)'],
];

function replacementsIn(file) {
  const name = file.replaceAll('\\', '/');
  return inFramework.filter(([end]) => name.endsWith(`@oclif/core/${end}`)).map(([, from, to]) => [from, to]);
}

/** On Windows the framework asks Windows' tools, elsewhere one question. */
export const quickFramework = {
  name: 'quick-framework',
  setup(build) {
    build.onResolve({ filter: /^wsl-utils$/ }, ({ importer }) =>
      importer.includes('wsl-utils.cjs') ? undefined : { path: path.join(root, 'packages/cli/product/wsl-utils.cjs') },
    );
    build.onResolve({ filter: /^debug$/ }, ({ importer }) =>
      importer.endsWith('debug.cjs') ? undefined : { path: path.join(root, 'packages/cli/product/debug.cjs') },
    );
    // Of ninety spinners it shows one.
    build.onLoad({ filter: /cli-spinners[\\/]spinners\.json$/ }, ({ path: file }) => {
      const { dots, dots2, line } = JSON.parse(readFileSync(file, 'utf8'));
      return { contents: JSON.stringify({ dots, dots2, line }), loader: 'json' };
    });
  },
};

/** A library's file with some of its text replaced. Fails when the text is not there: then the library has changed. */
export function changed(file, replacements) {
  return replacements.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from} any more.`);
      return text.replaceAll(from, to);
    },
    readFileSync(file, 'utf8'),
  );
}
