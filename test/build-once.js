const { execFileSync } = require('node:child_process');
const path = require('node:path');

/** End-to-end tests run the built command line: build it before the first of them. */
module.exports = () => {
  const root = path.join(__dirname, '..');
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' });
};
