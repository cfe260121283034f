#!/usr/bin/env node
'use strict';

const argv = process.argv.slice(2);
const [only] = argv;

// The version is asked for by scripts and editors again and again: answer without loading anything.
if (argv.length === 1 && (only === '--version' || only === '-v' || only === 'version')) {
  process.stdout.on('error', ({ code, message }) => {
    process.exitCode = code === 'EPIPE' ? 141 : 5;
    if (code !== 'EPIPE') process.stderr.write(`Error: stdout cannot be written: ${message}.\n`);
  });
  const { name, version } = require('../package.json');
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  // Only newer versions of Node can keep compiled code between runs.
  require('node:module').enableCompileCache?.();
  require('../dist/main.js').main(argv);
}
