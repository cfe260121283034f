'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createProvider } = require('./index.js');

const config = `version: "3.0"
name: conformance
deployment:
  provider: my-platform
providers:
  my-platform:
    note: hello
`;

/** For the conformance kit: how to try this provider where nothing can be broken. `setup` makes an empty place for one case. */
exports.createSubject = () => ({
  create: createProvider,
  config,
  changedConfig: config.replace('hello', 'good morning'),
  async setup() {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'my-platform-'));
    const place = path.join(home, 'my-platform');
    fs.mkdirSync(place);
    return {
      env: { HOME: home },
      inventory: () => fs.readdirSync(place),
      addStranger: () => fs.writeFileSync(path.join(place, 'conformance.json'), '{"note":"Dear John"}'),
      failReads() {
        // Where a directory was, a file is in the way.
        fs.renameSync(place, `${place}.away`);
        fs.writeFileSync(place, '');
        return () => {
          fs.rmSync(place);
          fs.renameSync(`${place}.away`, place);
        };
      },
      teardown: () => fs.rmSync(home, { recursive: true, force: true }),
    };
  },
});
