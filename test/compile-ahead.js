/**
 * Compiles what jest will load, all of it, in one process: `.ci/run` does it beside the build, which needs one processor.
 * Else each worker of jest starts a compiler of its own, and has it warm when the work is done.
 */
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { process: compile } = require('./typescript-transform.js');

const root = path.join(__dirname, '..');
/** What ts-jest asks of jest's configuration. */
const config = {
  rootDir: root,
  cwd: root,
  globals: {},
  transform: [],
  testMatch: [],
  testRegex: [],
  extensionsToTreatAsEsm: [],
};
const options = { config, cacheFS: new Map(), transformerConfig: {}, supportsStaticESM: false, instrument: false };

const rooms = ['packages', 'plugins'].flatMap((group) =>
  readdirSync(path.join(root, group)).flatMap((room) =>
    ['src', 'test'].map((part) => path.join(root, group, room, part)),
  ),
);
for (const folder of [...rooms, __dirname]) {
  for (const file of sourcesBelow(folder)) compile(readFileSync(file, 'utf8'), file, options);
}

function sourcesBelow(folder) {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => path.join(folder, name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
