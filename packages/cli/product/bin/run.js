#!/usr/bin/env node
'use strict';

const { answerVersion } = require('./answer-version.js');

const argv = process.argv.slice(2);
if (!answerVersion(argv)) require('../lib/load.js').load('sindri').main()(argv);
