// A deployed Quick Start on an emulator in a process of its own, for measuring whole commands.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../scripts/setup.mjs';

const config = path.join(root, 'examples/fly/quickstart.sindri.yaml');

/** Calls `measure(env, config)` with the environment variables that lead the command line there. */
export async function withLocalEnvironment(measure) {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  const server = fork(path.join(root, 'bench/serve-environment.mjs'), [stateDir, config], { stdio: 'inherit' });
  try {
    const platform = await new Promise((resolve, reject) => {
      server.once('message', resolve);
      server.once('exit', (code) => reject(new Error(`the local emulator ended with ${code}`)));
    });
    const { PATH, SystemRoot } = process.env;
    return await measure({ PATH, SystemRoot, HOME: stateDir, SINDRI_STATE_DIR: stateDir, ...platform }, config);
  } finally {
    server.kill();
    rmSync(stateDir, { recursive: true, force: true });
  }
}
