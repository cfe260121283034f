// @ts-check
'use strict';
const { randomBytes } = require('node:crypto');
const http = require('node:http');
const { createProvider } = require('./dist/index.js');

/**
 * @typedef {object} SubjectOptions
 * @property {string} [image] An image that the engine has. Default: what SINDRI_DOCKER_TEST_IMAGE names.
 * @property {string} [otherImage] Another one that runs.
 * @property {string} [crashingImage] One that ends right after its start.
 * @property {string} [socketPath] Default: the socket in DOCKER_HOST.
 * @property {Record<string, string | undefined>} [env]
 */

/**
 * For the conformance kit: tries the provider on a Docker Engine at a unix socket, with environments of new names that it removes.
 * @param {SubjectOptions} [options]
 */
exports.createSubject = (options = {}) => {
  const { env = process.env } = options;
  const image = options.image ?? env.SINDRI_DOCKER_TEST_IMAGE ?? 'ghcr.io/pacphi/sindri:3';
  const otherImage = options.otherImage ?? env.SINDRI_DOCKER_TEST_OTHER_IMAGE;
  const crashingImage = options.crashingImage ?? env.SINDRI_DOCKER_TEST_CRASHING_IMAGE;
  const socketPath = options.socketPath ?? (env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');
  const config = (more = '', { from = image, memory = '256MB', cpus = '1' } = {}) => `version: "3.0"
name: conformance
deployment:
  provider: docker
  image: ${from}
  resources:
    memory: ${memory}
    cpus: ${cpus}
providers:
  docker:
    restart: unless-stopped
${more}`;
  const call = (method, path, json) => callEngine(socketPath, method, path, json);

  return {
    create: createProvider,
    config: config(),
    changedConfig: [
      // All that the engine changes in place, and two that it cannot: each alone is in the tests of the plan.
      { config: config('', { memory: '512MB', cpus: '0.5' }).replace('unless-stopped', 'on-failure'), impact: [] },
      { config: config('    extraHosts: ["somewhere:127.0.0.2"]\n    network: none\n'), impact: ['replace'] },
    ],
    ...(otherImage === undefined ? {} : { otherImage }),
    ...(crashingImage === undefined ? {} : { crashingConfig: config('', { from: crashingImage }) }),
    missingImage: 'localhost:1/nobody/has-this:1',
    async setup() {
      const name = `conformance-${randomBytes(4).toString('hex')}`;
      const strangers = { container: `sindri-${name}`, volume: `sindri-${name}-home` };
      const isOurs = (thing) => (thing.Labels ?? {})['sindri.environment'] === name;
      const list = async () => {
        const [containers, { Volumes }, networks] = await Promise.all([
          call('GET', '/containers/json?all=1'),
          call('GET', '/volumes'),
          call('GET', '/networks'),
        ]);
        const named = containers.map((one) => ({ ...one, Name: one.Names[0].slice(1) }));
        const lists = { container: named, volume: Volumes ?? [], network: networks };
        return Object.entries(lists).flatMap(([type, things]) =>
          things
            .filter((one) => isOurs(one) || one.Name.startsWith(`sindri-${name}`))
            .map((one) => ({ type, name: one.Name })),
        );
      };
      const { startRecordingProxy } = require('@sindri/testkit');
      const { mkdtempSync, rmSync } = require('node:fs');
      const directory = mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'sindri-docker-'));
      const proxy = await startRecordingProxy({
        target: { socketPath },
        listen: { socketPath: `${directory}/docker.sock` },
        isWrite,
      });
      return {
        ...proxy.rig,
        name,
        env: { PATH: env.PATH, HOME: directory, DOCKER_HOST: `unix://${directory}/docker.sock` },
        dialTarget: { port: 2222, expect: 'SSH-2.0-' },
        inventory: async () => (await list()).map((one) => `${one.type} ${one.name.replace(name, 'x')}`),
        async addStranger() {
          await call('POST', '/volumes/create', { Name: strangers.volume });
          await call('POST', `/containers/create?name=${strangers.container}`, {
            Image: image,
            HostConfig: { NetworkMode: 'none' },
          });
        },
        async teardown() {
          await proxy.close();
          const paths = { container: 'containers', volume: 'volumes', network: 'networks' };
          for (const { type, name: thing } of await list()) {
            await call('DELETE', `/${paths[type]}/${thing}?force=1&v=1`).catch(() => undefined);
          }
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  };
};

/** A process inside that only looks changes nothing, and the engine's door to it is a POST. */
function isWrite({ method, path }) {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method) && !/\/exec(\/|$)|\/resize/.test(path);
}

function callEngine(socketPath, method, path, json) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { socketPath, method, path, headers: { 'content-type': 'application/json' } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        answer.on('end', () => {
          if ((answer.statusCode ?? 500) >= 400)
            return reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
          resolve(text === '' ? null : JSON.parse(text));
        });
      },
    );
    request.on('error', reject).end(json === undefined ? undefined : JSON.stringify(json));
  });
}
