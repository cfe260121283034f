const { spawn } = require('node:child_process');
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const buildOnce = require('../../build-once.js');

/**
 * Starts the engine that all suites of this run share, where one can run: `shared-engine.ts` finds it by these variables. It ends with
 * this process, however this process ends.
 */
module.exports = async () => {
  buildOnce();
  if (process.platform !== 'linux' || process.getuid() !== 0) return;
  const directory = mkdtempSync(path.join(tmpdir(), 'sindri-docker-'));
  const keeper = spawn('unshare', ['--mount', process.execPath, path.join(__dirname, 'keeper.js'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  keeper.stdin.write('start\n');
  const answer = await new Promise((resolve) => {
    keeper.once('error', ({ message }) => resolve(`failed ${message}`));
    keeper.once('exit', (code) => resolve(`failed: unshare ended with ${code}`));
    keeper.stdout.once('data', (line) => resolve(String(line).trim()));
  });
  for (const handle of [keeper, keeper.stdin, keeper.stdout]) handle.unref();
  globalThis.sindriDockerKeeper = keeper;
  if (answer === 'ready') process.env.SINDRI_TEST_ENGINE = directory;
  else process.env.SINDRI_TEST_ENGINE_FAILED = answer;
};
