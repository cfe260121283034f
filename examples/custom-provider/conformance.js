// @ts-check
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createProvider } = require('./index.js');

const config = `version: "3.0"
name: conformance
deployment:
  provider: directory
providers:
  directory:
    greeting: Hello
`;

/** Everything below a directory, as paths from there. */
function list(directory, prefix = '') {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const name = `${prefix}${entry.name}`;
    return entry.isDirectory() ? [name, ...list(path.join(directory, entry.name), `${name}/`)] : [name];
  });
}

/** For the conformance kit: how to try this provider on a computer where nothing may be broken. */
exports.createSubject = () => ({
  create: createProvider,
  config,
  changedConfig: config.replace('Hello', 'Good morning'),
  async setup() {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sindri-directory-'));
    const root = path.join(home, 'sindri-environments');
    fs.mkdirSync(root);
    return {
      env: { HOME: home, PATH: process.env.PATH },
      inventory: () => list(root),
      addStranger() {
        fs.mkdirSync(path.join(root, 'conformance'), { recursive: true });
        fs.writeFileSync(path.join(root, 'conformance/letter.txt'), 'Dear John');
      },
      failReads() {
        // Where a directory was expected, a file is in the way.
        fs.renameSync(root, `${root}.away`);
        fs.writeFileSync(root, '');
        return () => {
          fs.rmSync(root);
          fs.renameSync(`${root}.away`, root);
        };
      },
      teardown: () => fs.rmSync(home, { recursive: true, force: true }),
    };
  },
});
