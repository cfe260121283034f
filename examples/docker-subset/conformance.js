'use strict';
const { randomBytes } = require('node:crypto');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { startRecordingProxy } = require('@sindri/testkit');
const { createProvider } = require('./index.js');
const { call } = require('./engine.js');

const configOf = (image) => `version: "3.0"
name: conformance
deployment:
  provider: docker-subset
  image: ${image}
`;

/** For the conformance kit: environments of new names on an engine at a unix socket, with images that it has. */
exports.createSubject = ({ socketPath, image, otherImage, crashingImage }) => ({
  create: createProvider,
  config: configOf(image),
  changedConfig: { config: configOf(otherImage), impact: ['replace', 'data-loss'] },
  otherImage,
  missingImage: 'localhost:1/nobody/has-this:1',
  crashingConfig: configOf(crashingImage),
  async setup() {
    const name = `subset-${randomBytes(4).toString('hex')}`;
    const directory = mkdtempSync(path.join(tmpdir(), 'sindri-subset-'));
    const proxy = await startRecordingProxy({
      target: { socketPath },
      listen: { socketPath: path.join(directory, 'docker.sock') },
      isWrite: ({ method, path: asked }) => method !== 'GET' && !asked.includes('/exec'),
    });
    const direct = { env: { DOCKER_HOST: `unix://${socketPath}` }, signal: new AbortController().signal };
    const filters = encodeURIComponent(JSON.stringify({ name: [name] }));
    const list = () => call(direct, 'GET', `/containers/json?all=1&filters=${filters}`);
    return {
      ...proxy.rig,
      name,
      env: { DOCKER_HOST: `unix://${directory}/docker.sock` },
      inventory: async () => (await list()).map(({ Names }) => `container ${Names[0].replace(name, 'x')}`),
      addStranger: () => call(direct, 'POST', `/containers/create?name=sindri-${name}`, { Image: image }),
      async teardown() {
        await proxy.close();
        for (const { Id } of await list()) await call(direct, 'DELETE', `/containers/${Id}?force=1&v=1`);
        rmSync(directory, { recursive: true, force: true });
      },
    };
  },
});
