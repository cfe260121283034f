// Makes the product out of what was built: one folder that is the package `@sindri/cli` as people install it. Our code, the provider of
// Fly, the local emulator and all libraries are in a few files, which load several times as fast as a thousand; providers of others
// are loaded from their own packages as ever.
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../setup.mjs';
import { asciiOnly } from './ascii.mjs';
import { thirdPartyLicences } from './licences.mjs';
import { dataAsText, lazyBuiltins, lazyImports, quickFramework } from './lighter.mjs';
import { manifestAndDetails, packageOf, providersOf } from './manifest.mjs';
import { partsElsewhere } from './parts.mjs';
import { precompiledSchemas } from './precompiled.mjs';
import { giveModules, givingModules, modulesElsewhere, seldomFiles } from './seldom.mjs';
import { slimSsh2 } from './slim-ssh2.mjs';
import { slimUndici } from './slim-undici.mjs';
import { plainWrappers } from './wrappers.mjs';

const require = createRequire(import.meta.url);
const cli = path.join(root, 'packages/cli');
/** Where the product is put together. */
export const product = path.join(root, 'build/sindri');

/** Where it is made: somebody may be using the one that is there. */
const workshop = `${product}.${process.pid}`;

/** Native, or looked for by libraries that do without. */
const external = ['@lydell/node-pty', 'typescript', 'ts-node', 'pnpapi', '*.node'];

/**
 * `seldom` says of a file whether it is seldom used; `wrap` writes the modules of a part, by the text, the names of its files and its own. Both are
 * others when somebody looks what is used: see record-seldom.mjs.
 */
export async function makeProduct({ into = product, seldom = seldomFiles(), wrap = plainWrappers } = {}) {
  const { Config, settings } = require('@oclif/core');
  settings.enableAutoTranspile = false;
  const config = await Config.load({ root: cli, userPlugins: false });
  const plugins = [...config.plugins.values()];

  rmSync(workshop, { recursive: true, force: true });
  mkdirSync(workshop, { recursive: true });
  for (const folder of ['bin', 'product/bin', 'product/lib']) {
    cpSync(path.join(cli, folder), path.join(workshop, path.basename(folder)), { recursive: true });
  }
  await oneFile('lib/load.js', []);
  for (const inside of ['code-cache', 'read-reusing', 'young-generation'])
    rmSync(path.join(workshop, 'lib', `${inside}.js`));
  cpSync(path.join(cli, 'templates'), path.join(workshop, 'templates'), { recursive: true });
  mkdirSync(path.join(workshop, 'lib/providers'));
  for (const [name] of filesOfProviders(plugins)) {
    const text = `'use strict';\nmodule.exports = require('../load.js').file('providers/${name}.js');\n`;
    writeFileSync(path.join(workshop, 'lib/providers', `${name}.js`), text);
  }
  const { sindri, ...parts } = entries(plugins);
  const bundles = await Promise.all([
    twoParts(sindri, seldom),
    ...Object.entries(parts).map(async ([name, contents]) => [{ name, made: await bundle(name, contents) }]),
  ]);
  for (const { name, made, more } of bundles.flat()) write(name, made, wrap, more);
  cpSync(path.join(root, 'LICENSE'), path.join(workshop, 'LICENSE'));
  // Its links lead into the repository, which is not there.
  const readme = readFileSync(path.join(cli, 'README.md'), 'utf8').replace(/\[([^\]]+)\]\(\.\.[^)]*\)/g, '$1');
  writeFileSync(path.join(workshop, 'README.md'), readme);
  const metafiles = bundles.flat().map(({ made }) => made.metafile);
  writeFileSync(path.join(workshop, 'THIRD-PARTY-LICENSES.md'), thirdPartyLicences(metafiles));
  const packageJson = JSON.stringify(packageOf(config, plugins), null, 2);
  writeFileSync(path.join(workshop, 'package.json'), `${packageJson}\n`);
  const { manifest, details } = manifestAndDetails(config, plugins);
  writeJson('oclif.manifest.json', manifest);
  writeJson('lib/command-details.json', details);
  await oneFile('bin/run.js', ['../lib/load.js']);
  rmSync(path.join(workshop, 'bin/answer-version.js'));
  rmSync(into, { recursive: true, force: true });
  renameSync(workshop, into);
}

/** What Node loads by itself is slow to find, file by file: each of these becomes one, with all that it needs. */
function oneFile(file, elsewhere) {
  return build({
    entryPoints: [path.join(workshop, file)],
    outfile: path.join(workshop, file),
    bundle: true,
    platform: 'node',
    external: elsewhere,
    allowOverwrite: true,
    minify: true,
    logLevel: 'error',
  });
}

/** The first part, and what of it is seldom used. */
async function twoParts(contents, isSeldom) {
  const [seldom, first] = [new Set(), new Set()];
  const made = await bundle('sindri', contents, modulesElsewhere('seldom', isSeldom, seldom));
  const isFirst = (file) => made.metafile.inputs[file]?.format === 'cjs';
  const rest = await bundle('seldom', givingModules(seldom), modulesElsewhere('sindri', isFirst, first));
  return [
    { name: 'sindri', made, more: giveModules(made.outputFiles[0].text, first) },
    { name: 'seldom', made: rest },
  ];
}

function bundle(name, contents, ...plugins) {
  return build({
    stdin: { contents, resolveDir: root, sourcefile: `${name}.js` },
    outfile: path.join(workshop, 'lib', `${name}.js`),
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    external,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'error',
    absWorkingDir: root,
    plugins: [
      ...plugins,
      partsElsewhere(name),
      slimUndici,
      slimSsh2,
      quickFramework,
      precompiledSchemas,
      lazyImports,
      lazyBuiltins(name === 'daemon'),
      dataAsText,
    ],
    define: { 'import.meta.url': '__bundle.url' },
    // As Node wraps a module, so that the file is compiled as it stands: see load.js.
    banner: {
      js: "(function (exports, require, module, __filename, __dirname) { const __bundle = { get url() { return require('node:url').pathToFileURL(__filename).href; } };",
    },
  });
}

/** `more`: what comes after all that was bundled. */
function write(name, { outputFiles: [{ path: file, text }], metafile }, wrap, more = '') {
  writeFileSync(file, asciiOnly(`${wrap(text, Object.keys(metafile.inputs), name)}${more}})`));
}

/** What each part exports; everything is loaded when it is asked for. */
function entries(plugins) {
  const from = (...where) => `require(${JSON.stringify(path.join(root, ...where))})`;
  const ours = plugins.filter(({ name }) => name.startsWith('@sindri/') || name === '@oclif/plugin-help');
  const others = plugins.filter((plugin) => !ours.includes(plugin));
  return {
    sindri: `
module.exports = {
  main: () => ${from('packages/cli/dist/main.js')}.main,
  files: {
    'commands.js': () => ({ commands: module.exports.commands }),
    'help.js': () => ${from('packages/cli/dist/help.js')},
    ${['command-not-found', 'keep-contract', 'spell-as-typed']
      .map((name) => `'hooks/${name}.js': () => ${from('packages/cli/dist/hooks', `${name}.js`)},`)
      .join(' ')}
    ${filesOfProviders(plugins)
      .map(([name, file]) => `'providers/${name}.js': () => require(${JSON.stringify(file)}),`)
      .join(' ')}
  },
  shared: { '@oclif/core': () => require('@oclif/core'), '@sindri/core': () => ${from('packages/core/dist/index.js')} },
  commands: { ${commandsOf(ours, (file) => `require(${JSON.stringify(file)})`)} ${commandsOf(others, (_file, id) => `require('part:plugins').commands[${JSON.stringify(id)}]`)} },
};
${COMMAND_IN}`,
    plugins: `
module.exports = {
  commands: { ${commandsOf(others, (file) => `require(${JSON.stringify(file)})`)} },
};
${COMMAND_IN}`,
    daemon: `module.exports = ${from('packages/fly-emulator/dist/daemon/daemon-main.js')};`,
    ssh2: "module.exports = require('ssh2');",
    graphql: "module.exports = require('graphql');",
    wireguard: `module.exports = ${from('packages/wireguard/dist/index.js')};`,
    testkit: `module.exports = ${from('packages/testkit/dist/index.js')};`,
    sigstore: `module.exports = ${from('packages/oci/dist/verification.js')};`,
    ajv: `module.exports = ${from('packages/core/dist/config/schema/compile-schema.js')};`,
  };
}

const COMMAND_IN = `
function commandIn(module) {
  if (typeof module.run === 'function') return module;
  return Object.values(module).find((value) => typeof value?.run === 'function');
}`;

function commandsOf(plugins, load) {
  return plugins
    .flatMap((plugin) =>
      Object.entries(plugin.manifest.commands).map(
        ([id, { relativePath }]) =>
          `get ${JSON.stringify(id)}() { return commandIn(${load(path.join(plugin.root, ...relativePath), id)}); },`,
      ),
    )
    .join(' ');
}

/** `[name in the product, file]` of the modules that a provider's package declares. */
function filesOfProviders(plugins) {
  return providersOf(plugins).flatMap(({ root: folder, pjson }) => {
    const { name, entry, conformance } = pjson.sindri.provider;
    return [
      [name, path.join(folder, entry)],
      ...(conformance === undefined ? [] : [[`${name}-conformance`, path.join(folder, conformance)]]),
    ];
  });
}

function writeJson(name, value) {
  writeFileSync(path.join(workshop, name), `${asciiOnly(JSON.stringify(value))}\n`);
}

if (process.argv[1] === import.meta.filename) await makeProduct();
