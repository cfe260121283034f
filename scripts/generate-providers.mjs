// `npm run generate:providers`: runs the conformance kit on every installed provider and writes what came out into docs/providers.md. It
// takes minutes, and needs a container engine (DOCKER_HOST, and the names of test images in SINDRI_DOCKER_TEST_…): without one the page keeps
// what the kit has found there before. So it is no part of `npm run generate`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import prettier from 'prettier';
import { root } from './setup.mjs';

const require = createRequire(import.meta.url);
const { CAPABILITIES } = require('@sindri/core');
const { cellsIn, columnOf, tableOf, withTable } = require('./providers-page.cjs');

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
  const before = readFileSync(page, 'utf8');
  const columns = sindri('provider', 'list', '--json').providers.map(({ name, local }) => {
    const report = sindri('provider', 'verify', name, ...(local ? ['--local'] : []), '--json');
    const column = columnOf(report);
    if (report.status === 'passed') return column;
    const failed = report.cases
      .filter(({ status }) => status === 'failed')
      .map((item) => `${item.name}: ${item.error}`);
    if (local || engine.length > 0) throw new Error(`the kit does not pass for ${name}:\n${failed.join('\n')}`);
    return { ...column, kit: cellsIn(before, name)?.['conformance kit'] ?? column.kit };
  });
  const text = withTable(before, tableOf(CAPABILITIES, columns));
  const options = await prettier.resolveConfig(page);
  writeFileSync(page, await prettier.format(text, { ...options, filepath: page }));
} finally {
  spawnSync(process.execPath, [path.join(root, 'packages/cli/bin/run.js'), 'emulator', 'stop'], { env });
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
