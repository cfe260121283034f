'use strict';
// Loads the bundled parts of the command line. Each part is one file that is compiled with what V8 has kept of earlier runs of the same
// command, see code-cache.js; what a part needs of another part, or shares with it, it asks for by the names below.
const path = require('node:path');
const { Script } = require('node:vm');
const { openCodeCache, SETTLED } = require('./code-cache.js');
const { readReusing } = require('./read-reusing.js');
const { enlargeYoungGeneration } = require('./young-generation.js');

const argv = process.argv.slice(2);
const cache = openCodeCache({ argv, env: process.env, getuid: process.getuid });
const loaded = new Map();
const modules = new Map();
enlargeYoungGeneration(argv);

/** What a part exports: `sindri`, or one of those that few commands need. */
function load(part) {
  const known = loaded.get(part);
  if (known !== undefined) return known.exports;
  const filename = path.join(__dirname, `${part}.js`);
  const module = { exports: {} };
  loaded.set(part, module);
  const bytes = readReusing(filename);
  // Nothing but ASCII is in it (scripts/product/ascii.mjs), and this is the quickest way to read that. It is a copy: the memory is free again.
  const source = bytes.toString('latin1');
  const kept = cache.read(part, source.length, bytes.buffer);
  const script = new Script(source, { filename, cachedData: kept?.data });
  const requireFrom = (name) => {
    if (name.startsWith('module:')) return moduleOf(name);
    if (name.startsWith('part:')) return load(name.slice('part:'.length));
    if (name.startsWith('shared:')) return load('sindri').shared[name.slice('shared:'.length)]();
    if (isOwn(name)) return file(relative(name));
    return fromHere(name);
  };
  script
    .runInThisContext()
    .call(
      module.exports,
      module.exports,
      Object.assign(requireFrom, fromHere, { importModule, isOwn }),
      module,
      filename,
      __dirname,
    );
  const runs = script.cachedDataRejected === false ? kept.runs : undefined;
  // When the command has ended the data has all functions that it needed, and those that were kept.
  if (runs !== SETTLED)
    process.on('exit', (code) => cache.write(part, source.length, runs, code, () => script.createCachedData()));
  return module.exports;
}

/** Node's own, which finds the same from every file of this folder. */
const fromHere = require;

/** A module that is in another part: `module:<part>:<file>`. */
function moduleOf(name) {
  let found = modules.get(name);
  if (found === undefined) {
    const [, part, file] = /^module:(\w+):(.*)$/.exec(name);
    found = load(part).modules()[file];
    modules.set(name, found);
  }
  return found();
}

/** Plugins of others may be ES modules. */
const importModule = (href) => import(href);

/** The files of this folder that the framework loads by their names are in the bundle, too. */
const file = (name) => load('sindri').files[name]();
const relative = (name) => name.slice(__dirname.length + 1).replaceAll(path.sep, '/');
const isOwn = (name) => name.startsWith(__dirname + path.sep) && Object.hasOwn(load('sindri').files, relative(name));

module.exports = { file, load };
