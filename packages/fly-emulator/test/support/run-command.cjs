/** Runs one command class: `node run-command.cjs commands/…/x.js [arguments]`. */
const path = require('node:path');
const { flush, handle } = require('@oclif/core');

const [file, ...argv] = process.argv.slice(2);
require(path.resolve(file))
  .default.run(argv, path.join(__dirname, '../..'))
  .then(() => flush())
  .catch(handle);
