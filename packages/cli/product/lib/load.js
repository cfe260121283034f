'use strict';
// Loads the bundled parts of the command line. Each part is one file that is compiled with what V8 has kept of earlier runs of the same
// command, see code-cache.js; what a part needs of another part, or shares with it, it asks for by the names below.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { constants, Script } = require('node:vm');
const { openCodeCache } = require('./code-cache.js');

const argv = process.argv.slice(2);
/** The first words of commands that send no request. */
const quiet = ['config', 'complete', 'completion'];
// undici's parser is WebAssembly, of which V8 makes optimised code with the first request: that takes longer than most commands and
// half of their memory, and pays after thousands of requests. Now and not later: code is kept for these options, and for each command.
if (!quiet.includes(argv[0])) require('node:v8').setFlagsFromString('--liftoff-only');

const cache = openCodeCache({ argv, env: process.env, getuid: process.getuid });
const loaded = new Map();

/** What a part exports: `sindri`, or one of those that few commands need. */
function load(part) {
  const known = loaded.get(part);
  if (known !== undefined) return known.exports;
  const file = path.join(__dirname, `${part}.js`);
  const module = { exports: {} };
  loaded.set(part, module);
  // The bundler writes nothing but ASCII, and this is the quickest way to read that.
  const source = readFileSync(file, 'latin1');
  const cachedData = cache.read(part, source.length);
  const script = new Script(source, {
    filename: file,
    cachedData,
    // Plugins of others may be ES modules.
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const fromNode = createRequire(file);
  const requireFrom = (name) => {
    if (name.startsWith('part:')) return load(name.slice('part:'.length));
    if (name.startsWith('shared:')) return load('sindri').shared[name.slice('shared:'.length)]();
    return fromNode(name);
  };
  script
    .runInThisContext()
    .call(module.exports, module.exports, Object.assign(requireFrom, fromNode), module, file, __dirname);
  if (cachedData === undefined || script.cachedDataRejected) {
    // When the command has ended the data has all functions that it needed.
    process.on('exit', () => cache.write(part, source.length, () => script.createCachedData()));
  }
  return module.exports;
}

module.exports = { load };
