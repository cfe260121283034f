'use strict';

/** The version is asked for by scripts and editors again and again: answers without loading anything. Says whether it did. */
function answerVersion(argv) {
  const [only] = argv;
  if (argv.length !== 1 || (only !== '--version' && only !== '-v' && only !== 'version')) return false;
  process.stdout.on('error', ({ code, message }) => {
    process.exitCode = code === 'EPIPE' ? 141 : 5;
    if (code !== 'EPIPE') process.stderr.write(`Error: stdout cannot be written: ${message}.\n`);
  });
  const { name, version } = require('../package.json');
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
  return true;
}

module.exports = { answerVersion };
