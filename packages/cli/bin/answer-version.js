'use strict';
const { writeSync } = require('node:fs');

/** The version is asked for by scripts and editors again and again: answers without loading anything. Says whether it did. */
function answerVersion(argv) {
  const [only] = argv;
  if (argv.length !== 1 || (only !== '--version' && only !== '-v')) return false;
  const { name, version } = require('../package.json');
  writeAll(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
  return true;
}

/** Without making a stream of stdout, which takes Node longer than all the rest. */
function writeAll(text) {
  try {
    writeSync(1, text);
  } catch ({ code, message }) {
    // Somebody has made the pipe one that may be full for a moment: a stream waits.
    if (code === 'EAGAIN') return void process.stdout.write(text);
    process.exitCode = code === 'EPIPE' ? 141 : 5;
    if (code !== 'EPIPE') process.stderr.write(`Error: stdout cannot be written: ${message}.\n`);
  }
}

module.exports = { answerVersion };
