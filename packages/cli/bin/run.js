#!/usr/bin/env node
'use strict';

const { answerVersion } = require('./answer-version.js');

const argv = process.argv.slice(2);
if (!answerVersion(argv)) {
  // Only newer versions of Node can keep compiled code between runs.
  require('node:module').enableCompileCache?.();
  require('../dist/main.js').main(argv);
}
