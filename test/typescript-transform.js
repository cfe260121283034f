const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { default: tsJest } = require('ts-jest');
const { withLazyImports } = require('../scripts/product/lazy-imports.cjs');

const tsconfig = path.join(__dirname, 'tsconfig.json');
const compiler = tsJest.createTransformer({ tsconfig, diagnostics: false });
const kept = path.resolve(__dirname, '../build/test-cache/typescript');

/** Not the tests themselves: what stands beside them may do something when it is loaded. */
const sources = /[\\/](packages|plugins)[\\/][^\\/]+[\\/]src[\\/]/;

/** Whatever else a compiled file depends on. */
const settings = createHash('sha256')
  .update(readFileSync(require.resolve('ts-jest/package.json')))
  .update(readFileSync(require.resolve('typescript/package.json')))
  .update(readFileSync(tsconfig))
  .update(readFileSync(require.resolve('../scripts/product/lazy-imports.cjs')))
  .update(readFileSync(path.join(__dirname, '../tsconfig.base.json')))
  .digest('hex');

/**
 * ts-jest, and every file compiled once. jest keeps what is compiled apart for each project: in a fresh checkout it would have the sources that
 * all of them stand on compiled fifteen times, which takes minutes. Types are checked before jest starts.
 * @type {import('@jest/transform').SyncTransformer}
 */
module.exports = {
  getCacheKey: keyOf,
  process(source, file, options) {
    const place = path.join(kept, `${keyOf(source, file)}.js`);
    try {
      return { code: readFileSync(place, 'utf8') };
    } catch {
      const { code } = compiler.process(source, file, options);
      // Every test file loads the sources anew: like a command, it loads of them what it uses.
      const compiled = sources.test(file) ? withLazyImports(code, { keepsModules: false }) : code;
      keep(place, compiled);
      return { code: compiled };
    }
  },
};

function keyOf(source, file) {
  return createHash('sha256').update(`${settings}\0${file}\0${source}`).digest('hex');
}

/** As a whole, since another worker may be at the same file. */
function keep(place, code) {
  mkdirSync(kept, { recursive: true });
  const unfinished = `${place}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, place);
}
