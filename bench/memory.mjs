// Peak resident memory of whole processes, as the operating system accounts it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { median } from './median.mjs';
import { withLocalEnvironment } from './local-environment.mjs';
import { root } from '../scripts/setup.mjs';

const cli = path.join(root, 'packages/cli/bin/run.js');
const probe = path.join(root, 'bench/report-peak-memory.cjs');

export async function measureMemory() {
  return withLocalEnvironment((env, config) => [
    row('bare node: peak memory', peak(['-e', '0'], env)),
    row('sindri --version: peak memory', peak([cli, '--version'], env)),
    row('sindri status: peak memory', peak([cli, 'status', '--json', '--config', config], env)),
    row('sindri deploy, nothing to do: peak memory', peak([cli, 'deploy', '--json', '--config', config], env)),
  ]);
}

function peak(args, env) {
  const runs = Array.from({ length: 3 }, () => {
    const result = spawnSync(process.execPath, ['--require', probe, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    if (result.status !== 0) throw new Error(`node ${args.join(' ')} ended with ${result.status}: ${result.stderr}`);
    return Number(result.output[3].toString());
  });
  return median(runs);
}

function row(what, kilobytes) {
  return { what, measured: `${Math.round(kilobytes / 1024)} MB`, target: null, ok: null };
}
