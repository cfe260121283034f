/** Runs one command class: `node -r ts-hook.cjs run-command.cjs src/commands/…/x.ts [arguments]`. */
const path = require('node:path');

const [file, ...argv] = process.argv.slice(2);
const { flush, handle } = require('@oclif/core');
require(path.resolve(file))
  .default.run(argv, path.join(__dirname, '../..'))
  .then(() => flush())
  .catch(handle);
