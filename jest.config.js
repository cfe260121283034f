/**
 * One project per room. Unit tests map `@sindri/*` to sources and need no build; `e2e` runs the built command line.
 * @type {import('jest').Config}
 */
const { existsSync } = require('node:fs');
const path = require('node:path');

const rooms = {
  core: 'packages/core',
  ssh: 'packages/ssh',
  'image-contract': 'packages/image-contract',
  'docker-engine': 'packages/docker-engine',
  oci: 'packages/oci',
  vault: 'packages/vault',
  git: 'packages/git',
  wireguard: 'packages/wireguard',
  testkit: 'packages/testkit',
  'fly-emulator': 'packages/fly-emulator',
  'provider-fly': 'plugins/provider-fly',
  'provider-docker': 'plugins/provider-docker',
  cli: 'packages/cli',
};

/** ssh2 and its optional native addons, which npm does not build where install scripts are off: with this the tests do without. */
const withoutAddons = process.env.SINDRI_WITHOUT_SSH_ADDONS === '1';
const absent = path.join(__dirname, 'test/absent-addon.js');

const shared = {
  testEnvironment: 'node',
  setupFilesAfterEnv: [path.join(__dirname, 'test/patience.ts')],
  transform: {
    '^.+\\.ts$': path.join(__dirname, 'test/typescript-transform.js'),
  },
  moduleNameMapper: {
    ...(withoutAddons ? { 'sshcrypto\\.node$': absent, '^cpu-features$': absent } : {}),
    '^(\\.{1,2}/.*)\\.js$': '$1',
    ...Object.fromEntries(
      Object.entries(rooms).map(([name, dir]) => [`^@sindri/${name}$`, path.join(__dirname, dir, 'src/index.ts')]),
    ),
  },
};

/** Rooms whose tests also run built files as processes of their own. */
const needBuild = new Set(['cli', 'testkit', 'fly-emulator']);
const built = { globalSetup: path.join(__dirname, 'test/build-once.js') };

const projects = Object.entries(rooms)
  .filter(([, dir]) => existsSync(path.join(__dirname, dir, 'test')))
  .map(([displayName, dir]) => ({
    ...shared,
    ...(needBuild.has(displayName) ? built : {}),
    displayName,
    rootDir: path.join(__dirname, dir),
    testMatch: ['<rootDir>/test/**/*.test.ts'],
    // Packages of their own: two of them have one name.
    modulePathIgnorePatterns: ['<rootDir>/templates/'],
  }));

module.exports = {
  reporters: ['default', '<rootDir>/test/summary-reporter.js'],
  testSequencer: '<rootDir>/test/longest-first.js',
  projects: [
    ...projects,
    {
      ...shared,
      ...built,
      displayName: 'repo',
      rootDir: path.join(__dirname, 'test/repo'),
      testMatch: ['<rootDir>/**/*.test.ts'],
    },
    {
      ...shared,
      ...built,
      displayName: 'e2e',
      rootDir: path.join(__dirname, 'test/e2e'),
      testMatch: ['<rootDir>/**/*.test.ts'],
    },
    {
      ...shared,
      globalSetup: path.join(__dirname, 'test/docker/engine/global-setup.js'),
      globalTeardown: path.join(__dirname, 'test/docker/engine/global-teardown.js'),
      displayName: 'docker',
      rootDir: path.join(__dirname, 'test/docker'),
      testMatch: ['<rootDir>/**/*.test.ts'],
    },
  ],
};
