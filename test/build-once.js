const { execFileSync } = require('node:child_process');
const path = require('node:path');

/** End-to-end tests run the product. `npm test` has made it already; a plain `npx jest` has not. */
module.exports = () => {
  if (process.env.SINDRI_BUILT === '1') return;
  const root = path.join(__dirname, '..');
  execFileSync(process.execPath, [path.join(root, 'scripts/product/build.mjs')], { cwd: root, stdio: 'inherit' });
};
