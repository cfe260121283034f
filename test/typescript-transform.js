const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

// Without it each file is a process of its own.
process.env.ESBUILD_WORKER_THREADS ??= '1';
const esbuild = require('esbuild');

const own = readFileSync(__filename);

/**
 * Makes of a TypeScript file what jest can run. Types are checked before jest starts; a checkout without jest's cache compiles thousands
 * of files here, each of fifteen projects its own, and the compiler would take minutes for them.
 * @type {import('@jest/transform').SyncTransformer}
 */
module.exports = {
  getCacheKey: (source, file, { instrument }) =>
    createHash('sha1')
      .update(own)
      .update(esbuild.version)
      .update(`\0${file}\0${instrument}\0`)
      .update(source)
      .digest('hex'),
  process(source, file) {
    const { code, map } = esbuild.transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      platform: 'node',
      // jest runs modules of CommonJS only.
      supported: { 'dynamic-import': false },
      sourcefile: file,
      sourcemap: true,
      sourcesContent: false,
    });
    return { code, map };
  },
};
