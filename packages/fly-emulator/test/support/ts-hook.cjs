/** Lets a plain node process run the sources: `node -r this-file some.ts`. */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const ts = require('typescript');

require.extensions['.ts'] = (module, file) => {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  module._compile(outputText, file);
};

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const fromSource = parent?.filename?.endsWith('.ts') && /^\.\.?\/.*\.js$/.test(request);
  return resolve.call(this, fromSource ? request.replace(/\.js$/, '.ts') : request, parent, ...rest);
};
