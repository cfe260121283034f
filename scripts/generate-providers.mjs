// `npm run generate:providers`: runs the conformance kit on every installed provider and writes what came out into docs/providers.md. It
// takes minutes, and a provider whose platform is not here is written down as it declares itself; so it is no part of `npm run generate`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import prettier from 'prettier';
import { root } from './setup.mjs';

const require = createRequire(import.meta.url);
const { CAPABILITIES } = require('@sindri/core');
const { columnOf, tableOf, withTable } = require('./providers-page.cjs');

const page = path.join(root, 'docs/providers.md');
const home = mkdtempSync(path.join(tmpdir(), 'sindri-providers-'));
/** Nothing of the person who runs it but the way to a container engine, and the images on it that are for tests. */
const engine = Object.entries(process.env).filter(([name]) => /^(DOCKER_HOST$|SINDRI_DOCKER_TEST_)/.test(name));
const env = {
  PATH: process.env.PATH,
  HOME: home,
  SINDRI_STATE_DIR: path.join(home, 'state'),
  XDG_DATA_HOME: path.join(home, 'data'),
  XDG_CACHE_HOME: path.join(home, 'cache'),
  XDG_CONFIG_HOME: path.join(home, 'config'),
  ...Object.fromEntries(engine),
};

function sindri(...args) {
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'packages/cli/bin/run.js'), ...args], {
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`sindri ${args.join(' ')} said no JSON: ${stdout}${stderr}`);
  }
}

try {
  const columns = sindri('provider', 'list', '--json').providers.map(({ name, local }) =>
    columnOf(sindri('provider', 'verify', name, ...(local ? ['--local'] : []), '--json')),
  );
  const text = withTable(readFileSync(page, 'utf8'), tableOf(CAPABILITIES, columns));
  const options = await prettier.resolveConfig(page);
  writeFileSync(page, await prettier.format(text, { ...options, filepath: page }));
} finally {
  spawnSync(process.execPath, [path.join(root, 'packages/cli/bin/run.js'), 'emulator', 'stop'], { env });
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
